//! Stop texts: the answer ends where one of them begins. What may become one is held back until it is clear.
//!
//! Only what is said is looked at, not the arguments of calls.

use std::collections::VecDeque;

use hearsay_wire::chat::Finish;

use super::Step;

/// Looks for stop texts in what is said.
pub struct StopFilter {
    stops: Vec<String>,
    /// Said, but perhaps the beginning of a stop text.
    held: String,
    /// Steps that may go on.
    clear: VecDeque<Step>,
    is_stopped: bool,
}

impl StopFilter {
    /// For these texts, none of them empty; without any, everything goes through at once.
    pub fn new(stops: &[String]) -> Self {
        Self {
            stops: stops.to_vec(),
            held: String::new(),
            clear: VecDeque::new(),
            is_stopped: false,
        }
    }

    /// Takes the model's next step.
    pub fn take(&mut self, step: Step) {
        let Step::Said(text) = step else {
            self.release(self.held.len());
            self.clear.push_back(step);
            return;
        };
        self.held.push_str(&text);
        if let Some(at) = self.stops.iter().filter_map(|stop| self.held.find(stop)).min() {
            self.release(at);
            self.clear.push_back(Step::End(Finish::Stop));
            self.is_stopped = true;
        } else {
            self.release(self.held.len() - self.doubtful());
        }
    }

    /// Whether a stop text has come.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// The next step that is clear.
    pub fn next_step(&mut self) -> Option<Step> {
        self.clear.pop_front()
    }

    /// Bytes at the end of what is held that may be the beginning of a stop text.
    fn doubtful(&self) -> usize {
        let begins = |stop: &String| {
            let cuts = stop.char_indices().map(|(at, _)| at).skip(1);
            cuts.filter(|&at| self.held.ends_with(&stop[..at])).max().unwrap_or(0)
        };
        self.stops.iter().map(begins).max().unwrap_or(0)
    }

    fn release(&mut self, bytes: usize) {
        let rest = self.held.split_off(bytes);
        let text = std::mem::replace(&mut self.held, rest);
        if !text.is_empty() {
            self.clear.push_back(Step::Said(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of pieces of text, and whether it was stopped.
    fn passed(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(|stop| (*stop).to_string()).collect();
        let mut filter = StopFilter::new(&stops);
        let mut said = String::new();
        let ends = pieces.iter().map(|text| Step::Said((*text).to_string()));
        for step in ends.chain([Step::End(Finish::Length)]) {
            filter.take(step);
            while let Some(step) = filter.next_step() {
                match step {
                    Step::Said(text) => said.push_str(&text),
                    Step::End(finish) => return (said, finish == Finish::Stop),
                    other => panic!("{other:?}"),
                }
            }
        }
        panic!("no end")
    }

    #[test]
    fn the_answer_ends_where_the_first_stop_text_begins() {
        for (stops, pieces, said, stopped) in [
            (vec![], vec!["all ", "of it"], "all of it", false),
            (vec!["END"], vec!["so be it EN", "D and more"], "so be it ", true),
            (vec!["END"], vec!["EN", "ENE"], "ENENE", false),
            (vec!["\n\n", "x"], vec!["a\n", "b\n", "\nc"], "a\nb", true),
            (vec!["bcd", "c"], vec!["ab", "cd"], "a", true),
            (vec!["é!"], vec!["caf", "é", "é", "!"], "café", true),
            (vec!["a"], vec!["a"], "", true),
        ] {
            assert_eq!(
                passed(&stops, &pieces),
                (said.to_string(), stopped),
                "{stops:?} {pieces:?}"
            );
        }
    }

    #[test]
    fn calls_wait_for_what_was_said_and_are_not_searched() {
        let mut filter = StopFilter::new(&["END".to_string()]);
        filter.take(Step::Said("One moment. EN".into()));
        filter.take(Step::Call("END".into()));
        filter.take(Step::Arguments("END".into()));
        let steps: Vec<Step> = std::iter::from_fn(|| filter.next_step()).collect();
        let said = |text: &str| Step::Said(text.into());
        let call = [Step::Call("END".into()), Step::Arguments("END".into())];
        assert_eq!(steps[..2], [said("One moment. "), said("EN")]);
        assert_eq!(steps[2..], call);
    }
}
