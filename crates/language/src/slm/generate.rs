//! Continuing a session's text, token by token.
//!
//! A [`Generation`] gives a [`Step`] a token, so that a caller streams and may
//! stop at any of them. Each pass of the model reads the last token and, where
//! there is a draft ([`super::speculate`]), what is expected to follow; every
//! token is then chosen from logits exactly as without a draft, and the first one
//! that differs from it ends the pass. Since a token's logits do not depend on
//! how many are computed together, the output is the same with every draft, both
//! greedy and at random.
//!
//! It knows no text: stop tokens, limits and constraints come in.

use std::collections::VecDeque;

use super::SlmError;
use super::constraint::{Constraint, ConstraintError, TokenMask};
use super::float::log_sum_exp;
use super::kv::Session;
use super::sample::{Sampler, Sampling};
use super::speculate::Draft;

/// Tokens of a draft.
pub const DRAFT_TOKENS_MAX: usize = 24;

/// Tokens that a draft is asked for at first. One more token costs a pass little, since reading the weights takes longer
/// than using them; each further one costs about half a pass.
const TRUST_AT_FIRST: usize = 1;

/// Log-probability of what is likelier than all else together.
const SURE: f32 = -std::f32::consts::LN_2;

/// How an output is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Tokens of the output.
    pub tokens_max: usize,
    /// Tokens that end the output; they are not part of it.
    pub stop: Vec<u32>,
    /// Chosen, where it is allowed, when the output may not end and the model would rather end than go on.
    pub instead_of_stop: Option<u32>,
    /// Chosen only where it is likelier than all other tokens together, if another is allowed.
    pub only_when_sure: Option<u32>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Tokens of a draft, up to [`DRAFT_TOKENS_MAX`]; 0 decodes plainly.
    pub draft_tokens_max: usize,
}

impl Default for Options {
    /// Up to 128 tokens, greedy, drafts of 8.
    fn default() -> Self {
        Self {
            tokens_max: 128,
            stop: Vec::new(),
            instead_of_stop: None,
            only_when_sure: None,
            sampling: Sampling::Greedy,
            draft_tokens_max: 8,
        }
    }
}

/// A token of the output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The token.
    pub token: u32,
    /// Logarithm of the probability that the model gave it among all tokens, before
    /// constraint and temperature.
    pub log_probability: f32,
    /// Whether a draft had it.
    pub drafted: bool,
}

/// Why an output ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The model chose this stop token.
    Stop(u32),
    /// The constraint was complete and allowed nothing more.
    Complete,
    /// The output has as many tokens as were allowed.
    TokensMax,
    /// The window is full.
    Window,
    /// The constraint or the draft failed.
    Failed,
}

/// Work that an output took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Tokens of the prompt that were in the cache already.
    pub reused: usize,
    /// Passes of the model after the prompt.
    pub passes: usize,
    /// Tokens drafted.
    pub drafted: usize,
    /// Drafted tokens that came out.
    pub accepted: usize,
}

/// An output in the making. Dropped early, it leaves the session with what was taken.
pub struct Generation<'a> {
    session: &'a mut Session,
    options: Options,
    constraint: Option<Box<dyn Constraint + 'a>>,
    draft: Option<&'a mut dyn Draft>,
    sampler: Sampler,
    /// The prompt and every token chosen.
    text: Vec<u32>,
    prompt: usize,
    /// Steps that were not taken yet.
    ready: VecDeque<Step>,
    taken: usize,
    /// Constraint masks and whether it may stop, by place in the pass.
    masks: Vec<(TokenMask, bool)>,
    drafted: Vec<u32>,
    /// Of the drafted tokens those of which others were allowed.
    guessed: usize,
    /// Tokens that the draft is asked for: more while it is right, fewer when it is
    /// wrong, since each one that is verified costs time.
    trust: usize,
    logits: Vec<f32>,
    end: Option<End>,
    failure: Option<SlmError>,
    work: Work,
}

impl<'a> Generation<'a> {
    /// Begins an output after a prompt: the session is brought to hold it.
    ///
    /// # Errors
    /// The prompt is empty or does not fit the window, or a token is outside of the vocabulary.
    pub fn new(
        session: &'a mut Session,
        prompt: &[u32],
        options: Options,
    ) -> Result<Self, SlmError> {
        let Some((_, before)) = prompt.split_last() else { return Err(SlmError::EmptyPrompt) };
        let window = session.window();
        if prompt.len() > window {
            return Err(SlmError::Window { tokens: prompt.len(), window });
        }
        let reused = session.sync(before)?;
        Ok(Self {
            sampler: Sampler::new(options.sampling),
            options,
            session,
            constraint: None,
            draft: None,
            text: prompt.to_vec(),
            prompt: prompt.len(),
            ready: VecDeque::new(),
            taken: 0,
            masks: Vec::new(),
            drafted: Vec::new(),
            guessed: 0,
            trust: TRUST_AT_FIRST,
            logits: Vec::new(),
            end: None,
            failure: None,
            work: Work { reused, ..Work::default() },
        })
    }

    /// Limits the output.
    #[must_use]
    pub fn constrained(mut self, constraint: Box<dyn Constraint + 'a>) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// Asks a draft what may follow. A constraint's forced tokens need none.
    #[must_use]
    pub fn drafted(mut self, draft: &'a mut dyn Draft) -> Self {
        self.draft = Some(draft);
        self
    }

    /// The next token, or none when the output has ended.
    ///
    /// # Errors
    /// The constraint failed or came to a dead end, or the draft's model failed. The
    /// tokens before are given first, and the output ends there.
    pub fn step(&mut self) -> Result<Option<Step>, SlmError> {
        if self.ready.is_empty()
            && self.end.is_none()
            && let Err(error) = self.pass()
        {
            self.end = Some(End::Failed);
            self.failure = Some(error);
        }
        let step = self.ready.pop_front();
        self.taken += usize::from(step.is_some());
        match self.failure.take_if(|_| step.is_none()) {
            Some(error) => Err(error),
            None => Ok(step),
        }
    }

    /// Why it ended, once [`Generation::step`] has given none.
    pub fn end(&self) -> Option<End> {
        self.end.filter(|_| self.ready.is_empty())
    }

    /// What it took so far.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Tokens that may still be chosen.
    fn tokens_left(&self) -> usize {
        self.options.tokens_max.saturating_sub(self.text.len() - self.prompt)
    }

    /// One pass of the model: fills `ready`, sets `end`.
    fn pass(&mut self) -> Result<(), SlmError> {
        let held = self.session.tokens().len();
        let room = self.session.window() - held;
        if self.tokens_left() == 0 || room == 0 {
            let is_full = self.tokens_left() == 0;
            self.end = Some(if is_full { End::TokensMax } else { End::Window });
            return Ok(());
        }
        let most = self.options.draft_tokens_max.min(DRAFT_TOKENS_MAX);
        self.find_draft(most.min(room - 1).min(self.tokens_left() - 1))?;
        let mut tokens = self.text[held..].to_vec();
        tokens.extend_from_slice(&self.drafted);
        let logits = &mut self.logits;
        self.session.read(&tokens, self.drafted.len() + 1, |found| {
            logits.clear();
            logits.extend_from_slice(found);
        })?;
        self.work.passes += 1;
        self.work.drafted += self.drafted.len();
        let before = self.work.accepted;
        let result = self.choose_all();
        let right = self.work.accepted - before;
        if self.guessed > 0 {
            self.trust = match right == self.drafted.len() {
                true => (self.trust * 2).min(DRAFT_TOKENS_MAX),
                false => TRUST_AT_FIRST,
            };
        }
        // The last token chosen was not read, and what was drafted beyond is wrong.
        self.session.rollback((self.text.len() - 1).max(held + 1));
        result
    }

    /// Chooses tokens while they are those that were drafted.
    fn choose_all(&mut self) -> Result<(), SlmError> {
        for at in 0..=self.drafted.len() {
            let Some(step) = self.choose(at)? else {
                if let Some(constraint) = self.constraint.as_mut() {
                    constraint.rollback(self.drafted.len() - at)?;
                }
                break;
            };
            let is_drafted = self.drafted.get(at) == Some(&step.token);
            if let Some(constraint) = self.constraint.as_mut().filter(|_| !is_drafted) {
                // It stands at the end of the draft.
                constraint.rollback(self.drafted.len() - at)?;
                constraint.accept(step.token)?;
            }
            self.work.accepted += usize::from(is_drafted);
            self.text.push(step.token);
            self.ready.push_back(Step { drafted: is_drafted, ..step });
            if !is_drafted {
                break;
            }
        }
        Ok(())
    }

    /// The token at a place of the pass, or none when the output ends there.
    fn choose(&mut self, at: usize) -> Result<Option<Step>, SlmError> {
        let vocabulary = self.session.model().config().vocabulary;
        let logits = &self.logits[at * vocabulary..(at + 1) * vocabulary];
        let place = self.constraint.as_ref().and(self.masks.get(at));
        let token = choose(&mut self.sampler, &self.options, logits, place);
        match token {
            Some(token) if self.options.stop.contains(&token) => {
                self.end = Some(End::Stop(token));
                Ok(None)
            }
            Some(token) => {
                let log_probability = logits[token as usize] - log_sum_exp(logits);
                Ok(Some(Step { token, log_probability, drafted: false }))
            }
            None if self.masks.get(at).is_some_and(|(_, can_stop)| *can_stop) => {
                self.end = Some(End::Complete);
                Ok(None)
            }
            None => {
                let what = "no token is allowed, and the output is not complete".to_string();
                Err(ConstraintError { what }.into())
            }
        }
    }

    /// Fills `drafted` with up to `most` tokens, and with a constraint `masks` with one
    /// more place; the constraint then stands behind the draft.
    fn find_draft(&mut self, most: usize) -> Result<(), SlmError> {
        self.drafted.clear();
        self.guessed = 0;
        if self.constraint.is_none() {
            let wanted = most.min(self.trust);
            if let Some(draft) = self.draft.as_mut().filter(|_| wanted > 0) {
                draft.draft(&self.text, wanted, &mut self.drafted)?;
                self.drafted.truncate(wanted);
                self.guessed = self.drafted.len();
            }
            return Ok(());
        }
        let mut source = Source::default();
        loop {
            let at = self.drafted.len();
            self.look(at)?;
            let next = match at < most {
                true => self.next_of_draft(at, most, &mut source)?,
                false => None,
            };
            let (Some(token), Some(constraint)) = (next, self.constraint.as_mut()) else {
                return Ok(());
            };
            constraint.accept(token)?;
            self.drafted.push(token);
        }
    }

    /// Asks the constraint what it allows here.
    fn look(&mut self, at: usize) -> Result<(), SlmError> {
        let vocabulary = self.session.model().config().vocabulary;
        if self.masks.len() <= at {
            self.masks.push((TokenMask::new(vocabulary), false));
        }
        let (mask, can_stop) = &mut self.masks[at];
        mask.clear();
        if let Some(constraint) = self.constraint.as_mut() {
            constraint.allowed(mask)?;
            *can_stop = constraint.can_stop();
        }
        Ok(())
    }

    /// What a draft would go on with: the one token that is allowed, or an expected one
    /// if it is allowed.
    fn next_of_draft(
        &mut self,
        at: usize,
        most: usize,
        source: &mut Source,
    ) -> Result<Option<u32>, SlmError> {
        let (mask, can_stop) = &self.masks[at];
        let mut allowed = mask.tokens();
        let is_stop = |token: &u32| self.options.stop.contains(token);
        let only = match (allowed.next(), allowed.next(), can_stop) {
            (Some(token), None, false) => Some(token).filter(|token| !is_stop(token)),
            (None, _, _) => return Ok(None),
            _ => None,
        };
        drop(allowed);
        if source.tokens.is_empty() && !source.is_asked {
            if let Some(constraint) = self.constraint.as_mut() {
                source.tokens = constraint.forced().into();
            }
            if source.tokens.is_empty() && only.is_none() {
                source.is_asked = true;
                let mut found = Vec::new();
                if let Some(draft) = self.draft.as_mut() {
                    self.text.extend_from_slice(&self.drafted);
                    let result = draft.draft(&self.text, self.trust.min(most - at), &mut found);
                    self.text.truncate(self.text.len() - self.drafted.len());
                    result?;
                }
                source.tokens = found.into();
            }
        }
        let expected = source.tokens.pop_front();
        match (only, expected) {
            (Some(only), expected) => {
                if expected != Some(only) {
                    source.tokens.clear();
                }
                Ok(Some(only))
            }
            (None, expected) => {
                let mask = &self.masks[at].0;
                let stop = &self.options.stop;
                let is_possible = |token: &u32| mask.is_allowed(*token) && !stop.contains(token);
                let guess =
                    expected.filter(|token| self.guessed < self.trust && is_possible(token));
                self.guessed += usize::from(guess.is_some());
                Ok(guess)
            }
        }
    }
}

/// The token for these logits, at a place with a mask and whether the output may end there, or at one without.
fn choose(
    sampler: &mut Sampler,
    options: &Options,
    logits: &[f32],
    place: Option<&(TokenMask, bool)>,
) -> Option<u32> {
    let is_stop = |token| options.stop.contains(&token);
    let is_allowed = |token| match place {
        None => true,
        Some((_, can_stop)) if is_stop(token) => *can_stop,
        Some((mask, _)) => mask.is_allowed(token),
    };
    let token = match place {
        None => sampler.choose_any(logits),
        Some(_) => sampler.choose(logits, is_allowed),
    }?;
    let logit = |token: u32| logits[token as usize];
    if options.only_when_sure == Some(token) && logit(token) - log_sum_exp(logits) < SURE {
        let other = sampler.choose(logits, |other| other != token && is_allowed(other));
        return other.or(Some(token));
    }
    let may_not_stop = place.is_some_and(|(_, can_stop)| !can_stop);
    let would_stop = || options.stop.iter().any(|&stop| logit(stop) > logit(token));
    match options.instead_of_stop {
        Some(instead) if may_not_stop && is_allowed(instead) && would_stop() => Some(instead),
        _ => Some(token),
    }
}

/// Tokens that are expected to follow under a constraint.
#[derive(Default)]
struct Source {
    tokens: VecDeque<u32>,
    /// Whether the draft was asked in this pass; once is enough.
    is_asked: bool,
}

impl Drop for Generation<'_> {
    fn drop(&mut self) {
        let taken = self.prompt + self.taken;
        if self.session.tokens().len() > taken {
            self.session.rollback(taken);
        }
    }
}
