//! The file of an agent's tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hearsay_dialog::{Agent, Date, Threat, ToolFailure};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

/// Longest file, bytes.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Tests of one agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestFile {
    /// The agent file, relative to this one.
    pub agent: PathBuf,
    /// What outside services answer in every test.
    #[serde(default)]
    pub tools: BTreeMap<String, Mock>,
    /// The day of every call; the day on which the tests run where it is left out.
    #[serde(default, deserialize_with = "day")]
    pub today: Option<Date>,
    /// The tests, in their order.
    pub tests: Vec<Test>,
}

/// One conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What it is about; no other test of the file has it.
    pub name: String,
    /// What outside services answer here.
    #[serde(default)]
    pub tools: BTreeMap<String, Mock>,
    /// What the line tells about the caller.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The day of the call, in place of the file's.
    #[serde(default, deserialize_with = "day")]
    pub today: Option<Date>,
    /// The only way in which its calls can go.
    pub only: Option<Sense>,
    /// Per cent of the wordings that have to pass.
    #[serde(default = "all")]
    pub at_least: f64,
    /// The turns, in their order.
    pub turns: Vec<Turn>,
}

fn day<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(reader)?;
    let wrong = || de::Error::custom(format!("`today: {text}` is no day; write it as 2026-05-03"));
    text.parse().map(Some).map_err(|_| wrong())
}

fn all() -> f64 {
    100.0
}

/// How calls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// Typed.
    Typed,
    /// In sound.
    Audio,
}

impl Test {
    /// The only way in which its calls can go, if there is one.
    pub fn needs(&self) -> Option<Sense> {
        let in_sound = self.turns.iter().any(Turn::needs_sound);
        self.only.or(in_sound.then_some(Sense::Audio))
    }
}

/// What the caller does, and what must come of it. Without anything done it is the greeting.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What the caller says; of several wordings each is tried in a call of its own.
    #[serde(default)]
    pub user: Wordings,
    /// A recording of what the caller says, relative to the file; heard in tests with sound only.
    pub user_audio: Option<PathBuf>,
    /// The caller speaks when the agent has been speaking this long, ms; in tests with sound only.
    pub interrupt_after_ms: Option<u64>,
    /// Keys that the caller presses.
    pub dtmf: Option<String>,
    /// The caller waits until the agent does something.
    #[serde(default)]
    pub silence: bool,
    /// The caller hangs up.
    #[serde(default)]
    pub hangup: bool,
    /// What must happen before the caller's next turn, in any order.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

impl Turn {
    /// Whether the caller does anything in it.
    pub fn does_something(&self) -> bool {
        let speaks = self.user.is_given() || self.user_audio.is_some();
        speaks || self.dtmf.is_some() || self.silence || self.hangup
    }

    /// Whether it can only be done in sound.
    fn needs_sound(&self) -> bool {
        self.interrupt_after_ms.is_some() || self.user_audio.is_some() && !self.user.is_given()
    }
}

/// One text or several, written here or in a file of lists.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct Wordings {
    /// The texts.
    pub texts: Vec<String>,
    /// The list to read them from.
    list: Option<List>,
}

/// A list of texts in another file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    /// YAML of lists by name, relative to the file of tests.
    file: PathBuf,
    /// The name of the list.
    list: String,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, a list of texts, or `{file: ..., list: ...}`")]
enum Written {
    One(Text),
    Many(Vec<Text>),
    Elsewhere(List),
}

/// A text as people write it without quotation marks: YAML takes `no` and `42` for something else.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text")]
enum Text {
    Words(String),
    YesNo(bool),
    Whole(i64),
    Number(f64),
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        match text {
            Text::Words(words) => words,
            Text::YesNo(yes) => if yes { "yes" } else { "no" }.to_owned(),
            Text::Whole(number) => number.to_string(),
            Text::Number(number) => number.to_string(),
        }
    }
}

impl From<Written> for Wordings {
    fn from(written: Written) -> Self {
        match written {
            Written::One(text) => Self { texts: vec![text.into()], list: None },
            Written::Many(texts) => {
                Self { texts: texts.into_iter().map(String::from).collect(), list: None }
            }
            Written::Elsewhere(list) => Self { texts: Vec::new(), list: Some(list) },
        }
    }
}

impl Wordings {
    /// The wording of a call's number; fewer wordings begin again at the first.
    pub fn wording(&self, number: usize) -> Option<&str> {
        self.texts.get(number % self.texts.len().max(1)).map(String::as_str)
    }

    fn is_given(&self) -> bool {
        !self.texts.is_empty() || self.list.is_some()
    }
}

/// Something that must happen, or must not.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// What kind of event.
    pub event: EventName,
    /// That it does not happen.
    #[serde(default)]
    pub absent: bool,
    /// Parts of what the agent says, in any case of letters.
    #[serde(default)]
    pub text_contains: Wordings,
    /// The name of the tool, node, slot, refused transition or reason.
    pub name: Option<String>,
    /// Fields of what a tool is sent.
    pub args: Option<Map<String, Value>>,
    /// A slot's value.
    pub value: Option<Value>,
    /// The agent who takes over, or where the caller is put through to.
    pub to: Option<String>,
    /// Tools with their arguments, all of them.
    #[serde(default)]
    pub calls: Vec<ExpectedCall>,
    /// Longest time from the caller's turn to the end of the answer's making, ms of the wall clock.
    pub within_ms: Option<u64>,
}

/// A tool and fields of what it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCall {
    /// The tool.
    pub name: String,
    /// The fields.
    #[serde(default)]
    pub args: Map<String, Value>,
}

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The agent says something.
    #[serde(alias = "llm_response", alias = "tts_response")]
    Response,
    /// A tool is asked.
    FunctionCall,
    /// A tool has answered.
    FunctionCallStopped,
    /// A tool has failed.
    FunctionCallFailed,
    /// The call comes to a node.
    Node,
    /// Another agent takes over.
    Handoff,
    /// A slot gets a value.
    Slot,
    /// A transition or a value is refused.
    Refused,
    /// The caller's words are taken for a threat.
    Guarded,
    /// The caller's words, as they were understood.
    Heard,
    /// What the caller said is understood.
    Intent,
    /// The caller is put through.
    Transfer,
    /// The call ends.
    Ended,
    /// What `after_call` wants noted.
    AfterCall,
}

/// What an outside service answers in a test.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mock {
    /// This JSON.
    Answer(Value),
    /// A status other than 2xx.
    Status(u16),
    /// Nothing.
    Failure(MockFailure),
}

/// Ways of answering nothing.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MockFailure {
    /// No answer in time.
    Timeout,
    /// No connection.
    Unreachable,
}

impl Mock {
    /// What the call is told.
    pub fn outcome(&self) -> Result<Value, ToolFailure> {
        match self {
            Self::Answer(value) => Ok(value.clone()),
            Self::Status(status) => Err(ToolFailure::Status(*status)),
            Self::Failure(MockFailure::Timeout) => Err(ToolFailure::Timeout),
            Self::Failure(MockFailure::Unreachable) => {
                Err(ToolFailure::Unreachable("so the test wants it".to_owned()))
            }
        }
    }
}

/// Reads a file of tests.
///
/// # Errors
/// One line that names file, place and mistake.
pub fn read(path: &Path) -> Result<TestFile, String> {
    let mut file = parse(&text_of(path)?).map_err(|e| format!("{}: {e}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let today = file.today;
    file.tests.iter_mut().for_each(|test| test.today = test.today.or(today));
    for turn in file.tests.iter_mut().flat_map(|test| &mut test.turns) {
        if let Some(list) = &turn.user.list {
            turn.user.texts = texts_of(&folder.join(&list.file), &list.list)?;
        }
    }
    Ok(file)
}

fn text_of(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let meta = std::fs::metadata(path).map_err(|e| format!("{shown}: cannot be read ({e})"))?;
    if meta.len() > FILE_BYTES_MAX {
        return Err(format!("{shown}: {} bytes is too long for a file of tests", meta.len()));
    }
    std::fs::read_to_string(path).map_err(|e| format!("{shown}: cannot be read as text ({e})"))
}

fn texts_of(path: &Path, list: &str) -> Result<Vec<String>, String> {
    let shown = path.display();
    let options = serde_saphyr::options! { with_snippet: false };
    let lists: BTreeMap<String, Vec<String>> =
        serde_saphyr::from_str_with_options(&text_of(path)?, options)
            .map_err(|e| format!("{shown}: {}", first_line(&e.to_string())))?;
    match lists.get(list) {
        Some(texts) if !texts.is_empty() => Ok(texts.clone()),
        Some(_) => Err(format!("{shown}: the list `{list}` is empty")),
        None => {
            let there: Vec<&str> = lists.keys().map(String::as_str).collect();
            Err(format!("{shown}: there is no list `{list}`; there are {}", there.join(", ")))
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Reads and checks the text of a file.
///
/// # Errors
/// One line that names place and mistake.
pub fn parse(text: &str) -> Result<TestFile, String> {
    let options = serde_saphyr::options! { with_snippet: false };
    let file: TestFile = serde_saphyr::from_str_with_options(text, options)
        .map_err(|e| first_line(&e.to_string()))?;
    if file.tests.is_empty() {
        return Err("`tests` is empty; write at least one".to_owned());
    }
    let mut names = BTreeSet::new();
    for test in &file.tests {
        check(test)?;
        if !names.insert(&test.name) {
            return Err(format!("two tests are called `{}`; rename one", test.name));
        }
    }
    Ok(file)
}

fn check(test: &Test) -> Result<(), String> {
    let name = &test.name;
    if test.turns.is_empty() {
        return Err(format!("test `{name}` has no turns; write at least one"));
    }
    if !(0.0..=100.0).contains(&test.at_least) {
        return Err(format!("test `{name}`: `at_least` is not from 0 to 100 per cent"));
    }
    for (number, turn) in (1..).zip(&test.turns) {
        let place = format!("test `{name}`, turn {number}");
        let speaks = turn.user.is_given() || turn.user_audio.is_some();
        let done = [speaks, turn.dtmf.is_some(), turn.silence, turn.hangup];
        if turn.interrupt_after_ms.is_some() && !speaks {
            return Err(format!("{place}: `interrupt_after_ms` goes with `user`"));
        }
        match done.iter().filter(|done| **done).count() {
            0 if number > 1 => {
                return Err(format!("{place}: write one of user, dtmf, silence, hangup"));
            }
            0 | 1 => {}
            _ => return Err(format!("{place}: only one of user, dtmf, silence, hangup")),
        }
        let is_key = |key: char| key.is_ascii_digit() || key == '*' || key == '#';
        if turn.dtmf.as_ref().is_some_and(|keys| keys.is_empty() || !keys.chars().all(is_key)) {
            return Err(format!("{place}: `dtmf` is not made of 0 to 9, * and #"));
        }
    }
    Ok(())
}

impl TestFile {
    /// Whether everything that the tests name is in the agent file.
    ///
    /// # Errors
    /// One line about the first name that is not.
    pub fn check_names(&self, agent: &Agent) -> Result<(), String> {
        let mocks = self.tests.iter().flat_map(|test| test.tools.keys()).chain(self.tools.keys());
        for name in mocks {
            known("tool", name, agent.tools().map(|tool| tool.name.as_str()))?;
        }
        for name in self.tests.iter().flat_map(|test| test.metadata.keys()) {
            known("metadata", name, agent.metadata().keys().map(String::as_str))?;
        }
        let turns = self.tests.iter().flat_map(|test| &test.turns);
        for expected in turns.flat_map(|turn| &turn.expect) {
            let tools = || agent.tools().map(|tool| tool.name.as_str());
            for call in &expected.calls {
                known("tool", &call.name, tools())?;
            }
            let Some(name) = &expected.name else { continue };
            match expected.event {
                EventName::FunctionCall
                | EventName::FunctionCallStopped
                | EventName::FunctionCallFailed => known("tool", name, tools())?,
                EventName::Node => {
                    known("node", name, agent.nodes().map(|node| node.name.as_str()))?;
                }
                EventName::Intent => {
                    let intents = agent.intents().iter().map(|intent| intent.name.as_str());
                    known("intent", name, intents)?;
                }
                EventName::Slot => {
                    known("slot", name, agent.slots().map(|slot| slot.name.as_str()))?;
                }
                EventName::Guarded => {
                    known("threat", name, THREATS.map(Threat::as_str).into_iter())?;
                }
                EventName::Response
                | EventName::Handoff
                | EventName::Heard
                | EventName::Refused
                | EventName::Transfer
                | EventName::Ended
                | EventName::AfterCall => {}
            }
        }
        Ok(())
    }
}

const THREATS: [Threat; 4] = [Threat::Injection, Threat::Harm, Threat::Abuse, Threat::SelfHarm];

fn known<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let names: Vec<&str> = names.collect();
    match names.contains(&name) {
        true => Ok(()),
        false => Err(format!("the agent has no {what} `{name}`; it has {}", names.join(", "))),
    }
}
