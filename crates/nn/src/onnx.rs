//! ONNX models on `rten`.

use std::cell::RefCell;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::Tensor as RtenTensor;
use rten_tensor::prelude::*;

use crate::{Network, NnError, NnErrorKind, Tensor};

thread_local! {
    /// The one-thread pool in which this thread's networks run.
    static POOL: RefCell<Option<Arc<ThreadPool>>> = const { RefCell::new(None) };
}

/// Runs `work` on a thread made for networks and waits for it.
///
/// A run from any other thread is handed to a pool thread and back; from
/// inside `work` it happens in place. Long-lived worker loops belong in here.
pub fn on_worker<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    let inner = pool.clone();
    pool.run(move || {
        POOL.with(|slot| *slot.borrow_mut() = Some(inner));
        let result = work();
        POOL.with(|slot| *slot.borrow_mut() = None);
        result
    })
}

fn this_threads_pool() -> Arc<ThreadPool> {
    POOL.with(|slot| {
        slot.borrow_mut().get_or_insert_with(|| Arc::new(ThreadPool::with_num_threads(1))).clone()
    })
}

/// A model with its inputs and outputs resolved once.
pub(crate) struct OnnxNetwork {
    model: Model,
    inputs: Vec<NodeId>,
    outputs: Vec<NodeId>,
}

impl OnnxNetwork {
    pub(crate) fn load(bytes: &[u8], inputs: &[&str], outputs: &[&str]) -> Result<Self, NnError> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options
            .load(bytes.to_vec())
            .map_err(|e| NnError::new(NnErrorKind::Load(e.to_string()), "model"))?;
        let find = |name: &&str| {
            model.find_node(name).ok_or_else(|| NnError::new(NnErrorKind::NoSuchNode, *name))
        };
        let inputs = inputs.iter().map(find).collect::<Result<_, _>>()?;
        let outputs = outputs.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Self { model, inputs, outputs })
    }

    fn name(&self, id: NodeId) -> String {
        let info = self.model.node_info(id);
        info.and_then(|info| info.name().map(str::to_string)).unwrap_or_default()
    }
}

impl Network for OnnxNetwork {
    fn run(&self, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, NnError> {
        if inputs.len() != self.inputs.len() {
            let kind = NnErrorKind::InputCount { expected: self.inputs.len(), got: inputs.len() };
            return Err(NnError::new(kind, "run"));
        }
        let mut values: Vec<(NodeId, ValueOrView)> = Vec::with_capacity(inputs.len());
        for (&id, tensor) in self.inputs.iter().zip(inputs) {
            let value = to_value(tensor)
                .map_err(|what| NnError::new(NnErrorKind::Tensor(what), self.name(id)))?;
            values.push((id, value.into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(this_threads_pool()));
        let outputs = self
            .model
            .run(values, &self.outputs, Some(options))
            .map_err(|e| NnError::new(NnErrorKind::Run(e.to_string()), "run"))?;
        let named = self.outputs.iter().zip(outputs);
        named.map(|(&id, value)| from_value(value, || self.name(id))).collect()
    }
}

fn to_value(tensor: Tensor) -> Result<Value, String> {
    fn build<T>(shape: &[usize], data: Vec<T>) -> Result<Value, String>
    where
        Value: From<RtenTensor<T>>,
    {
        let length = data.len();
        RtenTensor::try_from_data(shape, data)
            .map(Value::from)
            .map_err(|_| format!("{length} elements do not fill the shape {shape:?}"))
    }
    match tensor {
        Tensor::F32 { shape, data } => build(&shape, data),
        Tensor::I32 { shape, data } => build(&shape, data),
    }
}

fn from_value(value: Value, name: impl Fn() -> String) -> Result<Tensor, NnError> {
    match value {
        Value::FloatTensor(t) => Ok(Tensor::F32 { shape: t.shape().to_vec(), data: t.into_data() }),
        Value::Int32Tensor(t) => Ok(Tensor::I32 { shape: t.shape().to_vec(), data: t.into_data() }),
        _ => {
            let what = "outputs must be float or integer tensors".to_string();
            Err(NnError::new(NnErrorKind::Tensor(what), name()))
        }
    }
}
