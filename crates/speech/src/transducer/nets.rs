//! The three networks of a streaming transducer, read from what their files say of themselves.
//!
//! Every input of the encoder but `x` is a state whose shape and type come from the file, and its
//! outputs after the first are the states that follow, in the same order. So any encoder of that
//! form runs (conformer, LSTM, zipformer and what comes next) without knowing its inside.

use std::sync::Arc;

use hearsay_nn::{Element, ModelInfo, Network, Port, Tensor};

use super::tokens::{TOKENS_MAX, Tokens};
use super::{MELS, SearchMethod, TransducerError, TransducerFiles};

/// Most values of all states together.
const STATE_VALUES_MAX: usize = 1 << 24;
/// Most states.
const STATES_MAX: usize = 4_096;
/// Most feature frames of one chunk: 10 s.
const CHUNK_FRAMES_MAX: usize = 1_000;
/// Most tokens that the predictor looks back.
const CONTEXT_MAX: usize = 64;
/// Encoders that are known to have this form; others may have it too, but say something else.
const MODEL_TYPES: [&str; 5] = ["conformer", "ebranchformer", "lstm", "zipformer", "zipformer2"];

/// What becomes of a state after a chunk.
#[derive(Debug, Clone, PartialEq)]
enum Next {
    /// The encoder's output of this index follows.
    Output(usize),
    /// The encoder only reads it: encoder frames done so far (the conformer's `processed_lens`).
    FramesDone,
}

/// One state of the encoder.
#[derive(Debug, Clone)]
struct State {
    start: Tensor,
    next: Next,
}

/// Encoder, predictor, joiner and tokens of one model.
pub(super) struct Nets {
    encoder: Arc<dyn Network>,
    predictor: Arc<dyn Network>,
    joiner: Arc<dyn Network>,
    tokens: Tokens,
    states: Vec<State>,
    model_type: String,
    /// Feature frames that the encoder sees at once, and by how many it goes on.
    span: usize,
    step: usize,
    context_size: usize,
    vocabulary: usize,
    /// Encoder frames of a chunk and values of each, found by the first run.
    chunk_out: usize,
    joiner_dim: usize,
    pub(super) method: SearchMethod,
    pub(super) sample_scale: f32,
}

impl Nets {
    /// Loads the files and runs a silent chunk through all three.
    pub fn load(files: &TransducerFiles<'_>) -> Result<Self, TransducerError> {
        let describe = |part: &'static str, bytes: &[u8]| {
            hearsay_nn::describe(bytes).map_err(|error| TransducerError::network(part, error))
        };
        let about = describe("encoder", files.encoder)?;
        let model_type = check_type(&about)?;
        let states = states(&about)?;
        let (span, step) = lengths(&about)?;
        let about_predictor = describe("decoder", files.decoder)?;
        let about_joiner = describe("joiner", files.joiner)?;
        let vocabulary = vocabulary(&about_predictor, &about_joiner)?;
        let tokens = Tokens::parse(files.tokens, vocabulary)
            .map_err(|(line, why)| TransducerError::Tokens { line, why })?;
        let mut nets = Self {
            encoder: load("encoder", files.encoder, &about)?,
            predictor: load("decoder", files.decoder, &about_predictor)?,
            joiner: load("joiner", files.joiner, &about_joiner)?,
            tokens,
            states,
            model_type,
            span,
            step,
            context_size: context_size(&about_predictor)?,
            vocabulary,
            chunk_out: 0,
            joiner_dim: 0,
            method: files.method,
            sample_scale: files.sample_scale,
        };
        nets.probe()?;
        Ok(nets)
    }

    /// Finds the sizes that the files may leave open, and files that do not belong together.
    fn probe(&mut self) -> Result<(), TransducerError> {
        let mut states = self.start();
        let silence = vec![hearsay_audio::fbank::SILENCE; self.span * MELS];
        let (shape, encoded) = self.run_encoder(&mut states, silence)?;
        let &[1, frames, width] = shape.as_slice() else {
            return Err(TransducerError::encoder(format!(
                "encoder_out has the shape {shape:?}; (1, frames, joiner) was expected"
            )));
        };
        if frames == 0 || width == 0 || !self.step.is_multiple_of(frames) {
            return Err(TransducerError::encoder(format!(
                "a chunk of {} frames gives {frames} of {width} values",
                self.step
            )));
        }
        (self.chunk_out, self.joiner_dim) = (frames, width);
        let predicted = self.predict(&[])?;
        let first = encoded.get(..width).unwrap_or_default();
        self.join(first, predicted)?;
        Ok(())
    }

    /// The states before the first chunk.
    pub fn start(&self) -> Vec<Tensor> {
        self.states.iter().map(|state| state.start.clone()).collect()
    }

    /// Runs one chunk of features (span, 80), flattened: (frames, joiner), and new states.
    pub fn encode(
        &self,
        states: &mut Vec<Tensor>,
        features: Vec<f32>,
    ) -> Result<Vec<f32>, TransducerError> {
        let (_, encoded) = self.run_encoder(states, features)?;
        let expected = self.chunk_out * self.joiner_dim;
        if encoded.len() != expected {
            let why = format!("{} values where {expected} were expected", encoded.len());
            return Err(TransducerError::encoder(why));
        }
        Ok(encoded)
    }

    fn run_encoder(
        &self,
        states: &mut Vec<Tensor>,
        features: Vec<f32>,
    ) -> Result<(Vec<usize>, Vec<f32>), TransducerError> {
        let failed = |error| TransducerError::network("encoder", error);
        // Copies, so that a failing run leaves the states as they were.
        let mut inputs = vec![Tensor::f32(&[1, self.span, MELS], features)];
        inputs.extend(states.iter().cloned());
        let mut outputs = self.encoder.run(inputs).map_err(failed)?;
        if outputs.is_empty() {
            return Err(TransducerError::encoder("no output".to_string()));
        }
        let renewed = outputs.split_off(1);
        let encoded = outputs.remove(0);
        let shape = encoded.shape().to_vec();
        let done = i32::try_from(shape.get(1).copied().unwrap_or(0)).unwrap_or(i32::MAX);
        *states = self.advance(states, renewed, done)?;
        Ok((shape, encoded.into_f32().map_err(failed)?))
    }

    fn advance(
        &self,
        old: &[Tensor],
        renewed: Vec<Tensor>,
        frames: i32,
    ) -> Result<Vec<Tensor>, TransducerError> {
        let mut renewed: Vec<Option<Tensor>> = renewed.into_iter().map(Some).collect();
        let pairs = self.states.iter().zip(old);
        let next = pairs.map(|(state, old)| match state.next {
            Next::FramesDone => Ok(count_on(old, frames)),
            Next::Output(index) => {
                let new = renewed.get_mut(index).and_then(Option::take);
                let new = new.filter(|new| new.shape() == state.start.shape());
                new.ok_or_else(|| {
                    TransducerError::encoder(format!(
                        "the state behind output {} does not keep its shape {:?}",
                        index + 2,
                        state.start.shape()
                    ))
                })
            }
        });
        next.collect()
    }

    /// The predictor's output (joiner) after these tokens.
    pub fn predict(&self, tokens: &[i32]) -> Result<Vec<f32>, TransducerError> {
        // Before the first token icefall's training sees nothing (-1) and one blank.
        let mut context = vec![-1; self.context_size];
        if let Some(last) = context.last_mut() {
            *last = 0;
        }
        context.extend_from_slice(tokens);
        let recent = context.split_off(context.len() - self.context_size);
        let inputs = vec![Tensor::i32(&[1, self.context_size], recent)];
        let out = only("decoder", self.predictor.run(inputs))?;
        self.check("decoder", out, self.joiner_dim)
    }

    /// Logits (rows, vocabulary) of encoder frames and predictor outputs, each (rows, joiner).
    pub fn join(&self, encoded: &[f32], predicted: Vec<f32>) -> Result<Vec<f32>, TransducerError> {
        let rows = encoded.len() / self.joiner_dim.max(1);
        let shape = [rows, self.joiner_dim];
        let inputs = vec![Tensor::f32(&shape, encoded.to_vec()), Tensor::f32(&shape, predicted)];
        let out = only("joiner", self.joiner.run(inputs))?;
        self.check("joiner", out, rows * self.vocabulary)
    }

    fn check(
        &self,
        part: &'static str,
        out: Vec<f32>,
        expected: usize,
    ) -> Result<Vec<f32>, TransducerError> {
        if out.len() == expected {
            return Ok(out);
        }
        let why = format!("{} values where {expected} were expected", out.len());
        Err(TransducerError::Misfit { part, why })
    }

    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub fn model_type(&self) -> &str {
        &self.model_type
    }

    pub fn span(&self) -> usize {
        self.span
    }

    pub fn step(&self) -> usize {
        self.step
    }

    pub fn context_size(&self) -> usize {
        self.context_size
    }

    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    pub fn joiner_dim(&self) -> usize {
        self.joiner_dim
    }

    /// Feature frames of an encoder frame.
    pub fn subsampling(&self) -> usize {
        self.step / self.chunk_out.max(1)
    }
}

/// The first output's floats.
fn only(
    part: &'static str,
    outputs: Result<Vec<Tensor>, hearsay_nn::NnError>,
) -> Result<Vec<f32>, TransducerError> {
    let failed = |error| TransducerError::network(part, error);
    let first = outputs.map_err(failed)?.into_iter().next();
    first.map_or(Ok(Vec::new()), |tensor| tensor.into_f32().map_err(failed))
}

fn count_on(old: &Tensor, frames: i32) -> Tensor {
    match old {
        Tensor::I32 { shape, data } => {
            Tensor::i32(shape, data.iter().map(|x| x.saturating_add(frames)).collect())
        }
        Tensor::F32 { .. } => old.clone(),
    }
}

fn load(
    part: &'static str,
    bytes: &[u8],
    about: &ModelInfo,
) -> Result<Arc<dyn Network>, TransducerError> {
    let inputs: Vec<&str> = about.inputs.iter().map(|port| port.name.as_str()).collect();
    let outputs: Vec<&str> = about.outputs.iter().map(|port| port.name.as_str()).collect();
    hearsay_nn::load(bytes, &inputs, &outputs)
        .map_err(|error| TransducerError::network(part, error))
}

fn check_type(about: &ModelInfo) -> Result<String, TransducerError> {
    let model_type = about.metadata.get("model_type").map_or("", String::as_str);
    let feature = about.metadata.get("feature").map_or("", String::as_str);
    if !model_type.is_empty() && !MODEL_TYPES.contains(&model_type) {
        return Err(TransducerError::UnknownType(model_type.chars().take(60).collect()));
    }
    if !feature.is_empty() {
        let why = format!("it takes {feature:?} features; only Kaldi's filter bank is computed");
        return Err(TransducerError::encoder(why));
    }
    Ok(model_type.to_string())
}

/// Frames of a chunk and of a step, from the metadata; the former also from the graph.
fn lengths(about: &ModelInfo) -> Result<(usize, usize), TransducerError> {
    let number = |key: &str| about.metadata.get(key).and_then(|text| text.trim().parse().ok());
    let axis = |at: usize| about.inputs.first().and_then(|x| x.shape.get(at).copied().flatten());
    let span: Option<usize> = number("T").or_else(|| axis(1));
    let (Some(span), Some(step)) = (span, number("decode_chunk_len")) else {
        return Err(TransducerError::NotStreaming(
            "its metadata tell no `T` and `decode_chunk_len`".to_string(),
        ));
    };
    if step == 0 || span < step || span > CHUNK_FRAMES_MAX {
        return Err(TransducerError::encoder(format!(
            "chunks of {span} frames every {step}; at most {CHUNK_FRAMES_MAX} can be had"
        )));
    }
    if axis(1).is_some_and(|frames| frames != span) {
        return Err(TransducerError::encoder(format!(
            "its metadata say T = {span}, its input `x` takes {:?} frames",
            axis(1)
        )));
    }
    if axis(2).is_some_and(|mels| mels != MELS) {
        return Err(TransducerError::encoder(format!(
            "it takes {:?} features a frame; {MELS} are computed",
            axis(2)
        )));
    }
    Ok((span, step))
}

fn states(about: &ModelInfo) -> Result<Vec<State>, TransducerError> {
    let (Some(x), rest) = (about.inputs.first(), about.inputs.get(1..).unwrap_or_default()) else {
        return Err(TransducerError::encoder("it has no input".to_string()));
    };
    if x.element != Element::F32 || x.shape.len() != 3 {
        let why = format!("its first input `{}` is not (1, frames, {MELS}) floats", x.name);
        return Err(TransducerError::encoder(why));
    }
    if rest.is_empty() || rest.iter().any(|port| port.name == "x_lens") {
        return Err(TransducerError::NotStreaming("it keeps no state from chunk to chunk".into()));
    }
    if rest.len() > STATES_MAX {
        return Err(TransducerError::encoder(format!("{} states", rest.len())));
    }
    let outputs = about.outputs.len().saturating_sub(1);
    // The conformer reads how far it is, but does not count it on.
    let counted =
        outputs + 1 == rest.len() && rest.last().is_some_and(|port| port.name == "processed_lens");
    if outputs != rest.len() && !counted {
        let why = format!("{} states go in, {outputs} come out", rest.len());
        return Err(TransducerError::encoder(why));
    }
    let mut values = 0usize;
    let one = |(index, port): (usize, &Port)| {
        let start = first_state(port, &mut values)?;
        let next = if index < outputs { Next::Output(index) } else { Next::FramesDone };
        Ok(State { start, next })
    };
    rest.iter().enumerate().map(one).collect()
}

/// Zeros of the port's shape; an open axis is the number of streams, which is one.
fn first_state(port: &Port, values: &mut usize) -> Result<Tensor, TransducerError> {
    let shape: Vec<usize> = port.shape.iter().map(|length| length.unwrap_or(1)).collect();
    let size = shape.iter().try_fold(1usize, |size, &length| size.checked_mul(length));
    let total = size.and_then(|size| values.checked_add(size));
    let Some(total) = total.filter(|&total| total <= STATE_VALUES_MAX) else {
        let why = format!("its states hold more than {STATE_VALUES_MAX} values (`{}`)", port.name);
        return Err(TransducerError::encoder(why));
    };
    let size = total - *values;
    *values = total;
    match port.element {
        Element::F32 => Ok(Tensor::zeros(&shape)),
        Element::I32 | Element::I64 => Ok(Tensor::i32(&shape, vec![0; size])),
        Element::Other(number) => Err(TransducerError::encoder(format!(
            "its state `{}` holds elements of ONNX type {number}; export it in float32 or int8",
            port.name
        ))),
    }
}

fn context_size(about: &ModelInfo) -> Result<usize, TransducerError> {
    let told = about.metadata.get("context_size").and_then(|text| text.trim().parse().ok());
    let axis = || about.inputs.first().and_then(|y| y.shape.get(1).copied().flatten());
    let why = "its metadata tell no `context_size`; only stateless predictors can be had";
    match told.or_else(axis) {
        Some(size) if (1..=CONTEXT_MAX).contains(&size) => Ok(size),
        _ => Err(TransducerError::Misfit { part: "decoder", why: why.to_string() }),
    }
}

fn vocabulary(predictor: &ModelInfo, joiner: &ModelInfo) -> Result<usize, TransducerError> {
    let told: Option<usize> =
        predictor.metadata.get("vocab_size").and_then(|text| text.trim().parse().ok());
    let logits = joiner.outputs.first().and_then(|port| port.shape.last().copied().flatten());
    if let (Some(told), Some(logits)) = (told, logits)
        && told != logits
    {
        let why = format!("it gives {logits} logits, but the decoder knows {told} tokens");
        return Err(TransducerError::Misfit { part: "joiner", why });
    }
    match told.or(logits) {
        Some(size) if (2..=TOKENS_MAX).contains(&size) => Ok(size),
        size => {
            let why = format!("a vocabulary of {size:?} tokens; 2 to {TOKENS_MAX} can be had");
            Err(TransducerError::Misfit { part: "decoder", why })
        }
    }
}
