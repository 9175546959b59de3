//! A streaming network gives what ONNX Runtime gives; `training/nn/golden.py`
//! made both the network and the numbers.

use hearsay_nn::{NnErrorKind, Tensor};

const MODEL: &[u8] = include_bytes!("golden/tiny.onnx");
const STEPS: &str = include_str!("golden/tiny.json");

fn floats(value: &serde_json::Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

#[test]
fn the_state_goes_round_and_the_numbers_agree() {
    let network = hearsay_nn::load(MODEL, &["x", "state", "ids"], &["y", "state_next"]).unwrap();
    let steps: Vec<serde_json::Value> = serde_json::from_str(STEPS).unwrap();
    let mut state = Tensor::zeros(&[2, 3]);
    for step in &steps {
        let ids = floats(&step["ids"]).into_iter().map(|x| x as i32).collect();
        let inputs =
            vec![Tensor::f32(&[2, 4], floats(&step["x"])), state, Tensor::i32(&[2, 3], ids)];
        let mut outputs = network.run(inputs).unwrap();
        state = outputs.pop().unwrap();
        let y = outputs.pop().unwrap();
        assert_eq!(y.shape(), [2, 3]);
        for (have, want) in y.as_f32().unwrap().iter().zip(floats(&step["y"])) {
            assert!((have - want).abs() < 1e-6, "{have} {want}");
        }
    }
}

#[test]
fn one_network_serves_many_threads() {
    let network = hearsay_nn::load(MODEL, &["x", "state", "ids"], &["y"]).unwrap();
    let run = |scale: f32| {
        let x = Tensor::f32(&[2, 4], vec![scale; 8]);
        let inputs = vec![x, Tensor::zeros(&[2, 3]), Tensor::i32(&[2, 3], vec![0; 6])];
        network.run(inputs).unwrap().remove(0)
    };
    let alone: Vec<Tensor> = (0..4).map(|n| run(n as f32)).collect();
    let together: Vec<Tensor> = std::thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> =
            (0..4).map(|n| scope.spawn(move || hearsay_nn::on_worker(|| run(n as f32)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(alone, together);
}

#[test]
fn mistakes_are_errors_that_name_the_place() {
    let Err(error) = hearsay_nn::load(b"not a model", &[], &[]) else { panic!("it loaded") };
    assert!(matches!(error.kind, NnErrorKind::Load(_)), "{error}");
    let Err(error) = hearsay_nn::load(MODEL, &["x", "speed"], &["y"]) else { panic!("it loaded") };
    assert_eq!(error.at, "speed");
    let network = hearsay_nn::load(MODEL, &["x", "state", "ids"], &["y"]).unwrap();
    let error = network.run(vec![Tensor::zeros(&[2, 4])]).unwrap_err();
    assert!(matches!(error.kind, NnErrorKind::InputCount { expected: 3, got: 1 }), "{error}");
    let short = Tensor::f32(&[2, 4], vec![0.0; 7]);
    let rest = || (Tensor::zeros(&[2, 3]), Tensor::i32(&[2, 3], vec![0; 6]));
    let (state, ids) = rest();
    let error = network.run(vec![short, state, ids]).unwrap_err();
    assert_eq!(error.at, "x", "{error}");
    let (state, ids) = rest();
    assert!(network.run(vec![Tensor::zeros(&[2, 9]), state, ids]).is_err());
}
