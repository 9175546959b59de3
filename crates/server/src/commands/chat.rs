//! `hearsay chat`: the same agent in text. What is typed takes the place of
//! what is heard; everything after the ear is the call's own path.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use hearsay_dialog::{
    Call, CallInfo, CallTime, Composed, Composition, EnginePart, EventKind, Input, IntentScore,
    Output, Pii, SpeechPlanned, Thought, WordTime,
};
use hearsay_engine::ComposeJob;
use hearsay_language::responder::Thread;
use hearsay_language::router::IntentSet;

use super::{models, runtime};
use crate::agent_file;
use crate::agent_mind::AgentMind;
use crate::call_core::composition;
use crate::drive::agent_intents;
use crate::tools;

/// Longest line typed, bytes.
const LINE_BYTES_MAX: usize = 4000;
/// Each reply is taken as read within this much call time.
const READ_MS: u64 = 1000;

/// Runs the command.
pub fn run(file: &Path) -> Result<ExitCode, String> {
    let agent = agent_file::read(Some(file))?;
    let documents = agent_file::documents(Some(file), &agent)?;
    let runtime = runtime()?;
    let ready = runtime.block_on(agent_file::with_demo(agent))?;
    let agent = std::sync::Arc::new(ready.agent);
    let models = models()?;
    let intents =
        models.intents(&agent_intents(&agent)).map_err(|e| format!("{}: {e}", file.display()))?;
    let mind = AgentMind::load(&models, &agent, &documents)?;
    let mut chat = Chat {
        mind,
        thread: Thread::default(),
        call: Call::new(agent, CallInfo::default()),
        models,
        intents,
        now: CallTime(0),
        ended: false,
    };
    chat.say(Input::Connected);
    let prompt = std::io::stdin().is_terminal();
    let mut line = Vec::new();
    while !chat.ended {
        if prompt {
            print!("> ");
            std::io::stdout().flush().map_err(|e| e.to_string())?;
        }
        line.clear();
        let read = std::io::stdin().lock().read_until(b'\n', &mut line);
        if read.map_err(|e| format!("standard input: {e}"))? == 0 {
            chat.say(Input::CallerGone);
            break;
        }
        if line.len() > LINE_BYTES_MAX {
            eprintln!("hearsay: the line is too long; {LINE_BYTES_MAX} bytes is the limit");
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim().to_string();
        let utterance = chat.call.utterance();
        chat.say(Input::Final { utterance, text: Pii::new(text), confidence: 1.0, words: vec![] });
    }
    Ok(ExitCode::SUCCESS)
}

struct Chat {
    call: Call,
    mind: AgentMind,
    thread: Thread,
    models: std::sync::Arc<hearsay_engine::Models>,
    intents: IntentSet,
    now: CallTime,
    ended: bool,
}

impl Chat {
    /// Tells the call something and lets everything follow from it.
    fn say(&mut self, input: Input) {
        self.call.handle(self.now, input);
        while let Some(output) = self.call.poll() {
            match output {
                Output::Think(request) => {
                    let scores = self.models.router.classify(&self.intents, request.text.expose());
                    let among = |score: &hearsay_language::router::IntentScore| {
                        request.intents.contains(&score.name)
                    };
                    let intents = scores.intents.into_iter().filter(among);
                    let intents = intents
                        .map(|s| IntentScore { name: s.name, probability: s.probability })
                        .collect();
                    let out_of_scope = scores.outside;
                    let thought = Thought { think: request.think, intents, out_of_scope };
                    self.call.handle(self.now, Input::Thought(thought));
                }
                Output::Compose(request) => {
                    let job = self.mind.job(self.call.agent(), &request);
                    let input = match self.compose(&job) {
                        Ok(composition) => {
                            Input::Composed(Composed { think: request.think, composition })
                        }
                        Err(reason) => Input::EngineFailed { part: EnginePart::Think, reason },
                    };
                    self.call.handle(self.now, input);
                }
                Output::Speak(speak) => self.read(&speak),
                Output::Tool(request) => {
                    let answer = tools::ask(&request);
                    let tool_call = request.tool_call;
                    let done = Input::ToolDone { tool_call, outcome: answer.outcome };
                    self.call.handle(self.now, done);
                }
                Output::Hangup { reason } => {
                    println!("[{reason}]");
                    self.ended = true;
                }
                Output::Event(event) => show(&event.kind),
                _ => {}
            }
        }
    }

    /// The model elsewhere, if the agent has one and it answers, else the built-in one.
    fn compose(&mut self, job: &ComposeJob) -> Result<Composition, String> {
        let elsewhere = self.mind.has_remote().then(|| self.mind.ask_remote(job));
        let composed = match elsewhere {
            Some(Ok((composed, _))) => composed,
            other => {
                if let Some(Err(why)) = other {
                    eprintln!("hearsay: {why}; the built-in model answers");
                }
                self.models.compose(&mut self.thread, job).map_err(|e| e.to_string())?
            }
        };
        if let hearsay_engine::Composed::Reply { sources, .. } = &composed
            && !sources.is_empty()
        {
            println!("[from {}]", sources.join("; "));
        }
        Ok(composition(composed))
    }

    /// Prints a reply and takes it as heard in full.
    fn read(&mut self, speak: &hearsay_dialog::Speak) {
        println!("{}", speak.text.expose());
        let words = speak.text.expose().split_whitespace();
        let words = words
            .map(|word| WordTime { text: word.to_string(), start_ms: 0, end_ms: READ_MS })
            .collect();
        let reply = speak.reply;
        let planned = SpeechPlanned { reply, part: 0, words, duration_ms: READ_MS };
        self.call.handle(self.now, Input::SpeechPlanned(planned));
        self.now = self.now + READ_MS;
        self.call.handle(self.now, Input::Played { reply, played_ms: READ_MS });
        self.call.handle(self.now, Input::PlaybackDone { reply });
    }
}

fn show(event: &EventKind) {
    match event {
        EventKind::Handoff { from, to, .. } => println!("  [handoff {from} to {to}]"),
        EventKind::ToolCalled { tool, .. } => println!("  [{tool} is asked]"),
        EventKind::ToolReturned { tool, outcome: Err(failure), .. } => {
            println!("  [{tool} failed: {failure}]");
        }
        EventKind::SlotRefused { slot, wanted } => println!("  [refused: {slot} must be {wanted}]"),
        EventKind::EdgeRefused { proposed, .. } => println!("  [refused: {proposed}]"),
        _ => {}
    }
}
