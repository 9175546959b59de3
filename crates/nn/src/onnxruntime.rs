//! ONNX models on ONNX Runtime, whose library is loaded when it is found.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::{HasSelectedOutputs, OutputSelector, RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, TensorElementType};

use crate::{Network, NnError, NnErrorKind, Tensor};

/// The library's global state; it lives as long as the process.
static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();

/// Loads the library and returns its version.
pub(crate) fn open(path: &Path) -> Result<String, String> {
    // A folder is what people have after unpacking a release.
    let file = if path.is_dir() { path.join(library_name()) } else { path.to_path_buf() };
    let builder = ort::init_from(&file).map_err(|e| e.to_string())?;
    let environment = builder
        .with_name("hearsay")
        .with_telemetry(false)
        .build()
        .map_err(|e| format!("{} cannot be used: {e}", file.display()))?;
    // Warnings about graph clean-up are for those who export models.
    environment.set_log_level(LogLevel::Error);
    let version = version_of(ort::info(), &file);
    ENVIRONMENT.get_or_init(|| environment);
    Ok(version)
}

fn library_name() -> String {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}")
}

/// The version in a build's description, "ORT Build Info: git-branch=rel-1.32.0, ...". Some builds
/// come of no release branch: then the file's name tells it, `libonnxruntime.so.1.32.0`, or nothing
/// does but the commit.
fn version_of(info: &str, file: &Path) -> String {
    let field = |key: &str| {
        let rest = info.split_once(key).map(|(_, rest)| rest)?;
        rest.split([',', ' ']).next().filter(|value| !value.is_empty())
    };
    if let Some(version) = field("git-branch=").and_then(|branch| branch.strip_prefix("rel-")) {
        return version.to_string();
    }
    let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let numbers = name.as_deref().and_then(|name| name.split_once(".so.")).map(|(_, rest)| rest);
    match (numbers, field("git-commit-id=")) {
        (Some(version), _) => version.to_string(),
        (None, Some(commit)) => format!("commit {commit}"),
        (None, None) => "of unknown version".to_string(),
    }
}

/// One session and the outputs wanted of it.
struct Lane {
    session: Session,
    options: RunOptions<HasSelectedOutputs>,
}

/// A model with its inputs and outputs resolved once.
///
/// A session serves one run at a time, so there are as many as there were ever
/// runs at once (no more than the engine has worker threads).
pub(crate) struct OrtNetwork {
    bytes: Vec<u8>,
    inputs: Vec<(String, TensorElementType)>,
    outputs: Vec<String>,
    idle: Mutex<Vec<Lane>>,
}

impl OrtNetwork {
    pub(crate) fn load(bytes: &[u8], inputs: &[&str], outputs: &[&str]) -> Result<Self, NnError> {
        let outputs: Vec<String> = outputs.iter().map(|name| (*name).to_string()).collect();
        let lane = new_lane(bytes, &outputs)?;
        let inputs = inputs.iter().map(|name| input_type(&lane.session, name));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        for name in &outputs {
            if !lane.session.outputs().iter().any(|outlet| outlet.name() == name) {
                return Err(NnError::new(NnErrorKind::NoSuchNode, name));
            }
        }
        Ok(Self { bytes: bytes.to_vec(), inputs, outputs, idle: Mutex::new(vec![lane]) })
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, Vec<Lane>> {
        // A panic elsewhere leaves the list whole: it is only pushed and popped.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_in(&self, lane: &mut Lane, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, NnError> {
        let mut values: Vec<(Cow<str>, SessionInputValue)> = Vec::with_capacity(inputs.len());
        for ((name, element), tensor) in self.inputs.iter().zip(inputs) {
            let value = to_value(tensor, *element)
                .map_err(|what| NnError::new(NnErrorKind::Tensor(what), name))?;
            values.push((Cow::Borrowed(name), value.into()));
        }
        let failed = |e: ort::Error| NnError::new(NnErrorKind::Run(e.to_string()), "run");
        let outputs = lane.session.run_with_options(values, &lane.options).map_err(failed)?;
        let named = self.outputs.iter().map(|name| match outputs.get(name) {
            Some(value) => {
                from_value(value).map_err(|what| NnError::new(NnErrorKind::Tensor(what), name))
            }
            None => Err(NnError::new(NnErrorKind::NoSuchNode, name)),
        });
        named.collect()
    }
}

impl Network for OrtNetwork {
    fn run(&self, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, NnError> {
        if inputs.len() != self.inputs.len() {
            let kind = NnErrorKind::InputCount { expected: self.inputs.len(), got: inputs.len() };
            return Err(NnError::new(kind, "run"));
        }
        let idle = self.lanes().pop();
        let mut lane = match idle {
            Some(lane) => lane,
            None => new_lane(&self.bytes, &self.outputs)?,
        };
        let outcome = self.run_in(&mut lane, inputs);
        self.lanes().push(lane);
        outcome
    }
}

fn new_lane(bytes: &[u8], outputs: &[String]) -> Result<Lane, NnError> {
    let environment = ENVIRONMENT.get().ok_or_else(|| {
        let why = "no library was loaded; set HEARSAY_ONNXRUNTIME to libonnxruntime".to_string();
        NnError::new(NnErrorKind::NoEngine(why), "model")
    })?;
    let failed = |e: String| NnError::new(NnErrorKind::Load(e), "model");
    // One thread: the worker's own. The library starts none.
    let session = Session::builder(environment)
        .map_err(|e| failed(e.to_string()))?
        .with_intra_threads(1)
        .map_err(|e| failed(e.to_string()))?
        .with_inter_threads(1)
        .map_err(|e| failed(e.to_string()))?
        .commit_from_memory(bytes)
        .map_err(|e| failed(e.to_string()))?;
    let selected = outputs.iter().fold(OutputSelector::no_default(), |all, name| all.with(name));
    let options = RunOptions::new().map_err(|e| failed(e.to_string()))?.with_outputs(selected);
    Ok(Lane { session, options })
}

fn input_type(session: &Session, name: &str) -> Result<(String, TensorElementType), NnError> {
    let outlet = session.inputs().iter().find(|outlet| outlet.name() == name);
    let outlet = outlet.ok_or_else(|| NnError::new(NnErrorKind::NoSuchNode, name))?;
    let element = outlet.dtype().tensor_type().ok_or_else(|| {
        NnError::new(NnErrorKind::Tensor("this input takes no tensor".to_string()), name)
    })?;
    Ok((name.to_string(), element))
}

fn to_value(tensor: Tensor, element: TensorElementType) -> Result<DynValue, String> {
    // `ort` asserts this; here it is an error like any other.
    let (length, filled) = (tensor.len(), tensor.shape().iter().product::<usize>());
    if length != filled {
        return Err(format!("{length} elements do not fill the shape {:?}", tensor.shape()));
    }
    match (tensor, element) {
        (Tensor::F32 { shape, data }, TensorElementType::Float32) => build(shape, data),
        (Tensor::I32 { shape, data }, TensorElementType::Int32) => build(shape, data),
        (Tensor::I32 { shape, data }, TensorElementType::Int64) => {
            build(shape, data.into_iter().map(i64::from).collect())
        }
        (Tensor::F32 { .. }, other) => Err(format!("floats given where the model takes {other:?}")),
        (Tensor::I32 { .. }, other) => {
            Err(format!("integers given where the model takes {other:?}"))
        }
    }
}

fn build<T>(shape: Vec<usize>, data: Vec<T>) -> Result<DynValue, String>
where
    T: ort::value::PrimitiveTensorElementType + std::fmt::Debug + Clone + 'static,
{
    let tensor = ort::value::Tensor::from_array((shape, data)).map_err(|e| e.to_string())?;
    Ok(tensor.into_dyn())
}

fn from_value(value: &DynValue) -> Result<Tensor, String> {
    let lengths = |shape: &[i64]| -> Vec<usize> {
        shape.iter().map(|&length| usize::try_from(length).unwrap_or(0)).collect()
    };
    match value.dtype().tensor_type() {
        Some(TensorElementType::Float32) => {
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(|e| e.to_string())?;
            Ok(Tensor::f32(&lengths(shape), data.to_vec()))
        }
        Some(TensorElementType::Int32) => {
            let (shape, data) = value.try_extract_tensor::<i32>().map_err(|e| e.to_string())?;
            Ok(Tensor::i32(&lengths(shape), data.to_vec()))
        }
        Some(TensorElementType::Int64) => {
            let (shape, data) = value.try_extract_tensor::<i64>().map_err(|e| e.to_string())?;
            let clamped = |&x: &i64| x.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
            Ok(Tensor::i32(&lengths(shape), data.iter().map(clamped).collect()))
        }
        _ => Err("outputs must be float or integer tensors".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_description_or_the_name() {
        let release = "ORT Build Info: git-branch=rel-1.32.0, git-commit-id=26250ae, build type=";
        let other = "ORT Build Info: git-branch=HEAD, git-commit-id=26250ae, build type=Release";
        let (plain, named) =
            (Path::new("libonnxruntime.so"), Path::new("libonnxruntime.so.1.30.1"));
        assert_eq!(version_of(release, plain), "1.32.0");
        assert_eq!(version_of(other, named), "1.30.1");
        assert_eq!(version_of(other, plain), "commit 26250ae");
        assert_eq!(version_of("", plain), "of unknown version");
    }
}
