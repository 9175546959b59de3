//! Outputs: the same with every draft, kept within a constraint, and stopped anywhere.

use super::super::constraint::{Constraint, ConstraintError, TokenMask};
use super::super::generate::{DRAFT_TOKENS_MAX, End, Step, Work};
use super::super::speculate::{Draft, ModelDraft, PromptLookup};
use super::*;

/// A template: at each place some tokens are allowed; complete at its end, or anywhere
/// if it repeats.
struct Template {
    places: Vec<Vec<u32>>,
    repeats: bool,
    accepted: Vec<u32>,
    /// What it claims to be forced.
    forced: Vec<u32>,
}

impl Template {
    fn new(places: Vec<Vec<u32>>, repeats: bool) -> Self {
        Self { places, repeats, accepted: Vec::new(), forced: Vec::new() }
    }

    fn place(&self) -> Option<&Vec<u32>> {
        let at = self.accepted.len();
        let at = if self.repeats { at % self.places.len() } else { at };
        self.places.get(at)
    }
}

impl Constraint for Template {
    fn allowed(&mut self, mask: &mut TokenMask) -> Result<(), ConstraintError> {
        assert!(mask.is_empty(), "it arrives cleared");
        self.place().into_iter().flatten().for_each(|&token| mask.allow(token));
        Ok(())
    }

    fn forced(&mut self) -> Vec<u32> {
        self.forced.clone()
    }

    fn accept(&mut self, token: u32) -> Result<(), ConstraintError> {
        let is_allowed = self.place().is_some_and(|place| place.contains(&token));
        assert!(is_allowed, "{token} was not allowed after {:?}", self.accepted);
        self.accepted.push(token);
        Ok(())
    }

    fn rollback(&mut self, tokens: usize) -> Result<(), ConstraintError> {
        let length = self.accepted.len().checked_sub(tokens);
        let what = "fewer were accepted".to_string();
        self.accepted.truncate(length.ok_or(ConstraintError { what })?);
        Ok(())
    }

    fn can_stop(&mut self) -> bool {
        self.repeats || self.accepted.len() == self.places.len()
    }
}

/// Always drafts the same, right or wrong.
struct Fixed(Vec<u32>);

impl Draft for Fixed {
    fn draft(&mut self, _: &[u32], most: usize, out: &mut Vec<u32>) -> Result<(), SlmError> {
        out.extend(self.0.iter().cycle().take(most));
        Ok(())
    }
}

fn prompt() -> Vec<u32> {
    let mut prompt = vec![1];
    prompt.extend(stories_tokenizer().encode("Lily had a red ball. Lily said, \"I have a red"));
    prompt
}

fn options(sampling: Sampling, draft_tokens_max: usize) -> Options {
    Options { tokens_max: 60, stop: vec![1, 2], sampling, draft_tokens_max, ..Options::default() }
}

/// An output with a draft or none, under a template or none.
fn run(
    model: &Arc<Model>,
    sampling: Sampling,
    template: Option<Template>,
    draft: Option<&mut dyn Draft>,
) -> (Vec<u32>, Vec<f32>, Work) {
    let mut session = Session::new(model, Precision::Half);
    let most = if draft.is_some() || template.is_some() { DRAFT_TOKENS_MAX } else { 0 };
    let mut generation = Generation::new(&mut session, &prompt(), options(sampling, most)).unwrap();
    if let Some(template) = template {
        generation = generation.constrained(Box::new(template));
    }
    if let Some(draft) = draft {
        generation = generation.drafted(draft);
    }
    let (mut tokens, mut scores) = (Vec::new(), Vec::new());
    while let Some(step) = generation.step().unwrap() {
        tokens.push(step.token);
        scores.push(step.log_probability);
    }
    (tokens, scores, generation.work())
}

fn samplings() -> [Sampling; 2] {
    [Sampling::Greedy, Sampling::Random { temperature: 0.9, top_p: 0.9, seed: 11 }]
}

#[test]
fn drafts_never_change_the_output() {
    for model in [stories(Weights::Float), stories(Weights::EightBits)] {
        for sampling in samplings() {
            let (plain, scores, work) = run(&model, sampling, None, None);
            assert_eq!((work.passes, work.drafted), (60, 0));
            let right = Fixed(plain.clone());
            let model_draft =
                || ModelDraft::new(Session::new(&stories(Weights::EightBits), Precision::Half));
            let drafts: [(&str, Box<dyn Draft>); 4] = [
                ("lookup", Box::new(PromptLookup { tokens_min: 1, tokens_max: 4 })),
                ("model", Box::new(model_draft())),
                ("right at first", Box::new(right)),
                ("wrong", Box::new(Fixed(vec![400, 3, 511]))),
            ];
            for (name, mut draft) in drafts {
                let found = run(&model, sampling, None, Some(&mut *draft));
                assert_eq!((&found.0, &found.1), (&plain, &scores), "{name} {sampling:?}");
                assert!(found.2.drafted > 0, "{name}");
                if name == "model" && sampling == Sampling::Greedy {
                    assert!(found.2.passes < 30, "{name}: {:?}", found.2);
                }
                assert_eq!(found.2.passes + found.2.accepted, 60, "{name}: {:?}", found.2);
            }
        }
    }
}

/// Words with free places between, as a tool call has them.
fn call() -> Vec<Vec<u32>> {
    let tokenizer = stories_tokenizer();
    let forced = |text: &str| tokenizer.encode(text).into_iter().map(|token| vec![token]);
    let free = || (3..512).step_by(3).collect::<Vec<u32>>();
    let mut places: Vec<Vec<u32>> = forced("the name is").collect();
    places.extend([free(), free()]);
    places.extend(forced("and the rest of it is").collect::<Vec<_>>());
    places.extend([free(), vec![7, 300, 301], free()]);
    places
}

#[test]
fn drafts_never_change_a_constrained_output_and_forced_tokens_cost_no_passes() {
    let model = stories(Weights::EightBits);
    for sampling in samplings() {
        let plain = {
            let mut session = Session::new(&model, Precision::Half);
            let generation =
                Generation::new(&mut session, &prompt(), options(sampling, 0)).unwrap();
            collect(generation.constrained(Box::new(Template::new(call(), false))))
        };
        assert_eq!(plain.len(), call().len(), "complete");
        let alone = run(&model, sampling, Some(Template::new(call(), false)), None);
        assert_eq!(alone.0, plain, "{sampling:?}");
        assert!(alone.2.passes <= 7, "five free places: {:?}", alone.2);
        for forced in [vec![], vec![400, 401], plain.clone()] {
            let mut template = Template::new(call(), false);
            template.forced = forced;
            let mut lookup = PromptLookup { tokens_min: 1, tokens_max: 4 };
            let found = run(&model, sampling, Some(template), Some(&mut lookup));
            assert_eq!(found.0, plain, "{sampling:?}");
        }
        let mut draft = Fixed(vec![9, 12, 300]);
        let repeated = || Template::new(vec![(3..512).step_by(3).collect(), vec![300, 301]], true);
        let without = run(&model, sampling, Some(repeated()), None);
        let with = run(&model, sampling, Some(repeated()), Some(&mut draft));
        assert_eq!((with.0, with.1), (without.0, without.1), "{sampling:?}");
    }
}

#[test]
fn a_constraint_that_is_complete_or_stuck_ends_the_output() {
    let model = stories(Weights::Float);
    let end = |template: Template, stop: Vec<u32>| {
        let mut session = Session::new(&model, Precision::Half);
        let options = Options { stop, ..Options::default() };
        let mut generation = Generation::new(&mut session, &prompt(), options)
            .unwrap()
            .constrained(Box::new(template));
        let mut steps = 0;
        loop {
            match generation.step() {
                Ok(Some(_)) => steps += 1,
                Ok(None) => return Ok((steps, generation.end())),
                Err(error) => {
                    assert_eq!(generation.step().unwrap(), None, "it has ended");
                    return Err(error.to_string());
                }
            }
        }
    };
    let template = |places: Vec<Vec<u32>>| Template::new(places, false);
    assert_eq!(end(template(call()), vec![]), Ok((call().len(), Some(End::Complete))));
    assert_eq!(end(template(call()), vec![2]), Ok((call().len(), Some(End::Stop(2)))));
    let stuck = end(template(vec![vec![5], vec![]]), vec![2]).unwrap_err();
    assert!(stuck.contains("not complete"), "{stuck}");
    // A stop token never comes before the output is complete, nor through the mask.
    assert_eq!(end(template(vec![vec![2, 5], vec![6]]), vec![2]), Ok((2, Some(End::Stop(2)))));
}

#[test]
fn an_output_ends_by_its_limits() {
    let model = stories(Weights::Float);
    let mut session = Session::new(&model, Precision::Half).with_window(prompt().len() + 3);
    let mut end = |tokens_max, stop: Vec<u32>| {
        let options = Options { tokens_max, stop, ..Options::default() };
        let mut generation = Generation::new(&mut session, &prompt(), options).unwrap();
        let mut out = Vec::new();
        while let Some(step) = generation.step().unwrap() {
            out.push(step.token);
        }
        (out, generation.end().unwrap())
    };
    let (all, why) = end(100, vec![]);
    assert_eq!((all.len(), why), (4, End::Window), "the last one is never read");
    assert_eq!(end(2, vec![]), (all[..2].to_vec(), End::TokensMax));
    assert_eq!(end(0, vec![]), (vec![], End::TokensMax));
    assert_eq!(end(100, vec![all[1]]), (all[..1].to_vec(), End::Stop(all[1])));
}

#[test]
fn a_caller_may_stop_between_tokens() {
    let model = stories(Weights::EightBits);
    let (plain, ..) = run(&model, Sampling::Greedy, None, None);
    let mut session = Session::new(&model, Precision::Half);
    let mut draft = Fixed(plain[1..].to_vec());
    let mut generation =
        Generation::new(&mut session, &prompt(), options(Sampling::Greedy, 8)).unwrap();
    generation = generation.drafted(&mut draft);
    let taken: Vec<u32> = (0..3).map(|_| generation.step().unwrap().unwrap().token).collect();
    drop(generation);
    assert_eq!(taken, plain[..3]);
    let mut text = prompt();
    text.extend(&taken);
    assert!(text.starts_with(session.tokens()), "nothing that was not taken is left");
    // And going on gives the same.
    let generation = Generation::new(&mut session, &text, options(Sampling::Greedy, 0)).unwrap();
    assert!(generation.work().reused >= prompt().len());
    assert_eq!(collect(generation)[..57], plain[3..]);
}

#[test]
fn log_probabilities_are_the_models() {
    let model = stories(Weights::Float);
    let mut session = Session::new(&model, Precision::Half);
    let logits = session.read(&prompt(), 1, |logits| logits.to_vec()).unwrap();
    let (tokens, scores, _) = run(&model, Sampling::Greedy, None, None);
    let total: f64 = logits.iter().map(|&logit| f64::from(logit).exp()).sum();
    let expected = f64::from(logits[tokens[0] as usize]) - total.ln();
    assert!((f64::from(scores[0]) - expected).abs() < 1e-4, "{} and {expected}", scores[0]);
}

#[test]
fn an_output_that_may_not_end_goes_on_with_what_was_named_instead() {
    let model = stories(Weights::Float);
    let (plain, ..) = run(&model, Sampling::Greedy, None, None);
    let first = |stop: u32, instead_of_stop: Option<u32>| {
        let options =
            Options { stop: vec![stop], instead_of_stop, tokens_max: 1, ..Options::default() };
        let every = (0..u32::try_from(model.config().vocabulary).unwrap()).collect();
        let mut session = Session::new(&model, Precision::Half);
        let generation = Generation::new(&mut session, &prompt(), options).unwrap();
        let mut generation = generation.constrained(Box::new(Template::new(vec![every], false)));
        generation.step().unwrap().unwrap().token
    };
    let [favourite, other] = [plain[0], plain[1]];
    assert_eq!(first(favourite, Some(other)), other);
    assert!(![favourite, other].contains(&first(favourite, None)));
    assert_eq!(first(1, Some(other)), favourite, "it would not have ended");
}

#[test]
fn a_token_that_must_be_sure_is_chosen_by_its_probability() {
    let model = stories(Weights::Float);
    let steps = |only_when_sure: Option<u32>| {
        let options = Options { only_when_sure, ..options(Sampling::Greedy, 0) };
        let mut session = Session::new(&model, Precision::Half);
        let mut generation = Generation::new(&mut session, &prompt(), options).unwrap();
        std::iter::from_fn(|| generation.step().unwrap()).collect::<Vec<_>>()
    };
    let plain = steps(None);
    let half = 0.5_f32.ln();
    let unsure = plain.iter().position(|step| step.log_probability < half).unwrap();
    let other = steps(Some(plain[unsure].token));
    let sure = |steps: &[Step]| {
        steps.iter().all(|s| s.token != plain[unsure].token || s.log_probability >= half)
    };
    assert!(sure(&other) && !sure(&plain));
    let first_use = plain.iter().position(|step| step.token == plain[unsure].token).unwrap();
    assert_eq!(other[..first_use], plain[..first_use]);
}
