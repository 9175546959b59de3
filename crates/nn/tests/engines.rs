//! Our networks on both engines: the same numbers, to a tolerance, from the same inputs.
//!
//! Needs an ONNX Runtime library; without one the tests say so and pass, since the program runs
//! without one too. `HEARSAY_ONNXRUNTIME=/path/to/libonnxruntime.so cargo test -p hearsay-nn`
//! runs them.

use std::path::PathBuf;

use hearsay_nn::{Element, Engine, ModelInfo, Tensor, describe, load_on, runtime};

/// Runs of each network, its outputs fed back where they are the next state.
const RUNS: usize = 4;

fn other_engine() -> bool {
    let there = runtime().engine == Engine::OnnxRuntime;
    if !there {
        println!("skipped: no ONNX Runtime; set HEARSAY_ONNXRUNTIME to libonnxruntime.so");
    }
    there
}

fn shipped(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../weights/data").join(name);
    let bytes = std::fs::read(path).ok();
    if bytes.is_none() {
        println!("skipped: no {name} among the weights");
    }
    bytes
}

/// Repeatable numbers about zero.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

/// Inputs of the shapes that the file states; open axes take `open`.
fn inputs(about: &ModelInfo, open: usize, noise: &mut Noise) -> Vec<Tensor> {
    let one = |port: &hearsay_nn::Port| {
        let shape: Vec<usize> = port.shape.iter().map(|axis| axis.unwrap_or(open)).collect();
        let count = shape.iter().product();
        match port.element {
            Element::F32 => Tensor::f32(&shape, (0..count).map(|_| noise.next()).collect()),
            _ => Tensor::i32(&shape, (0..count).map(|n| (n % 5) as i32).collect()),
        }
    };
    about.inputs.iter().map(one).collect()
}

/// The greatest difference between the engines over a few runs.
fn difference(name: &str, open: usize) -> Option<f32> {
    let model = shipped(name)?;
    let about = describe(&model).expect("a model");
    let names = |ports: &[hearsay_nn::Port]| -> Vec<String> {
        ports.iter().map(|port| port.name.clone()).collect()
    };
    let (ins, outs) = (names(&about.inputs), names(&about.outputs));
    let ins: Vec<&str> = ins.iter().map(String::as_str).collect();
    let outs: Vec<&str> = outs.iter().map(String::as_str).collect();
    let ours = load_on(Engine::Rten, &model, &ins, &outs).expect("rten loads it");
    let theirs = load_on(Engine::OnnxRuntime, &model, &ins, &outs).expect("ONNX Runtime loads it");
    let (mut noise, mut worst) = (Noise(1), 0.0f32);
    for run in 0..RUNS {
        let inputs = inputs(&about, open, &mut noise);
        let a = ours.run(inputs.clone()).unwrap_or_else(|e| panic!("{name} on rten: {e}"));
        let b = theirs.run(inputs).unwrap_or_else(|e| panic!("{name} on ONNX Runtime: {e}"));
        assert_eq!(a.len(), outs.len());
        for ((a, b), out) in a.iter().zip(&b).zip(&outs) {
            assert_eq!(a.shape(), b.shape(), "{name} {out}, run {run}");
            let (Ok(a), Ok(b)) = (a.as_f32(), b.as_f32()) else {
                assert_eq!(a, b, "{name} {out}");
                continue;
            };
            assert!(a.iter().any(|x| *x != 0.0), "{name} {out} is all zeros");
            let gaps = a.iter().zip(b).map(|(a, b)| (a - b).abs() / (1.0 + a.abs()));
            worst = gaps.fold(worst, f32::max);
        }
    }
    println!("{name}: greatest difference {worst:e}");
    Some(worst)
}

#[test]
fn voice_activity_agrees() {
    if other_engine() {
        assert!(difference("vad.onnx", 1).is_none_or(|worst| worst < 1e-4));
    }
}

#[test]
fn the_recogniser_agrees() {
    if other_engine() {
        // Weights in int8 with inputs quantised as they come: a rounding that falls the other way
        // moves a value by a step.
        assert!(difference("asr_encoder.onnx", 1).is_none_or(|worst| worst < 0.05));
    }
}

#[test]
fn the_voice_agrees() {
    if other_engine() {
        for name in ["tts_text.onnx", "tts_frames.onnx", "tts_vocoder.onnx"] {
            assert!(difference(name, 16).is_none_or(|worst| worst < 1e-3), "{name}");
        }
    }
}

#[test]
fn both_engines_refuse_the_same_mistakes() {
    if !other_engine() {
        return;
    }
    let model = include_bytes!("golden/tiny.onnx");
    for engine in [Engine::Rten, Engine::OnnxRuntime] {
        assert!(load_on(engine, b"not a model", &[], &[]).is_err());
        let error = load_on(engine, model, &["x", "speed"], &["y"]).err().expect("no such input");
        assert_eq!(error.at, "speed", "{engine:?}");
        assert!(load_on(engine, model, &["x", "state", "ids"], &["z"]).is_err());
        let network = load_on(engine, model, &["x", "state", "ids"], &["y"]).expect("it loads");
        let (state, ids) = (Tensor::zeros(&[2, 3]), Tensor::i32(&[2, 3], vec![0; 6]));
        assert!(network.run(vec![Tensor::zeros(&[2, 4])]).is_err());
        let short = Tensor::f32(&[2, 4], vec![0.0; 7]);
        let error = network.run(vec![short, state.clone(), ids.clone()]).expect_err("short");
        assert_eq!(error.at, "x", "{engine:?}");
        let swapped = vec![Tensor::zeros(&[2, 4]), ids.clone(), state.clone()];
        assert!(network.run(swapped).is_err(), "{engine:?} takes floats for integers");
        assert!(network.run(vec![Tensor::zeros(&[2, 4]), state, ids]).is_ok());
    }
}

#[test]
fn one_network_serves_many_threads_on_onnx_runtime() {
    if !other_engine() {
        return;
    }
    let model = include_bytes!("golden/tiny.onnx");
    let network =
        load_on(Engine::OnnxRuntime, model, &["x", "state", "ids"], &["y"]).expect("it loads");
    let run = |scale: f32| {
        let x = Tensor::f32(&[2, 4], vec![scale; 8]);
        let inputs = vec![x, Tensor::zeros(&[2, 3]), Tensor::i32(&[2, 3], vec![0; 6])];
        network.run(inputs).expect("it runs").remove(0)
    };
    let alone: Vec<Tensor> = (0..4).map(|n| run(n as f32)).collect();
    let together: Vec<Tensor> = std::thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || run(n as f32))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(alone, together);
}
