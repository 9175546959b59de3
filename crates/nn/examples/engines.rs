//! How long one run of a network takes on each engine, one thread.
//!
//! ```text
//! HEARSAY_ONNXRUNTIME=/path/to/libonnxruntime.so \
//!     cargo run -p hearsay-nn --example engines -- crates/weights/data/vad.onnx 2000
//! ```
//!
//! Open axes of the inputs count as 1. Prints the median, since other programs take their turns.

use std::time::Instant;

use hearsay_nn::{Element, Engine, Port, Tensor, describe, load_on, on_worker, runtime};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name an ONNX file")?;
    let runs: usize = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let model = std::fs::read(&path)?;
    let about = describe(&model)?;
    let names = |ports: &[Port]| -> Vec<String> { ports.iter().map(|p| p.name.clone()).collect() };
    let (ins, outs) = (names(&about.inputs), names(&about.outputs));
    let ins: Vec<&str> = ins.iter().map(String::as_str).collect();
    let outs: Vec<&str> = outs.iter().map(String::as_str).collect();
    println!("{path}: {} runs; the engine here is {}", runs, runtime());
    for engine in [Engine::Rten, Engine::OnnxRuntime] {
        match load_on(engine, &model, &ins, &outs) {
            Ok(network) => {
                let inputs: Vec<Tensor> = about.inputs.iter().map(zeros).collect();
                let mut times = Vec::with_capacity(runs);
                on_worker(|| -> Result<(), hearsay_nn::NnError> {
                    for _ in 0..runs {
                        let begun = Instant::now();
                        network.run(inputs.clone())?;
                        times.push(begun.elapsed());
                    }
                    Ok(())
                })?;
                times.sort_unstable();
                let median = times.get(runs / 2).copied().unwrap_or_default();
                println!("{engine:?}: {:.3} ms", median.as_secs_f64() * 1000.0);
            }
            Err(error) => println!("{engine:?}: {error}"),
        }
    }
    Ok(())
}

fn zeros(port: &Port) -> Tensor {
    let shape: Vec<usize> = port.shape.iter().map(|axis| axis.unwrap_or(1)).collect();
    match port.element {
        Element::F32 => Tensor::zeros(&shape),
        _ => Tensor::i32(&shape, vec![0; shape.iter().product()]),
    }
}
