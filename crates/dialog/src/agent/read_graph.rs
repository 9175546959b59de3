//! From the tree of an agent file to the graph: nodes and edges.

use std::collections::BTreeMap;

use super::error::Place;
use super::fields::{Fields, Reader, Target};
use super::model::{Ask, Edge, EdgeOn, Node, NodeKind, Stay, Talk};
use super::read::{GraphPlaces, TIME_MS_MAX};
use super::read_turns;
use super::tree::Tree;
use crate::guard::Threat;
use crate::turn::TurnTaking;

/// The start node and the nodes.
pub(super) type Graph = (String, BTreeMap<String, Node>);

pub(super) fn read_graph(
    reader: &mut Reader,
    tree: &Tree,
    turn_taking: &TurnTaking,
    places: &mut GraphPlaces,
) -> Option<Graph> {
    places.graph = tree.at;
    let mut fields = reader.fields(tree, "`graph`")?;
    let start = fields
        .need(reader, "start")
        .and_then(|tree| reader.reference(tree, "`start`", Target::Node));
    let mut nodes = BTreeMap::new();
    let nodes_tree = fields.need(reader, "nodes");
    fields.finish(reader);
    for (key, value) in nodes_tree.map(|tree| reader.named(tree, "`nodes`")).unwrap_or_default() {
        let Some(mut fields) = reader.fields(value, format!("node `{}`", key.name)) else {
            continue;
        };
        places.nodes.insert(key.name.clone(), key.at);
        let node = read_node(reader, &key.name, &mut fields, turn_taking, places);
        fields.finish(reader);
        nodes.insert(key.name.clone(), node);
    }
    Some((start?, nodes))
}

fn read_node(
    reader: &mut Reader,
    name: &str,
    fields: &mut Fields<'_>,
    turn_taking: &TurnTaking,
    places: &mut GraphPlaces,
) -> Node {
    let agent = fields
        .need(reader, "agent")
        .and_then(|tree| reader.reference(tree, "`agent`", Target::Agent));
    let say = fields.take("say").map(|tree| reader.templates(tree, "`say`")).unwrap_or_default();
    let kind = read_kind(reader, fields);
    let interruptible =
        fields.take("interruptible").and_then(|tree| reader.flag(tree, "`interruptible`"));
    let reprompt = fields
        .take("reprompt")
        .map(|tree| reader.templates(tree, "`reprompt`"))
        .unwrap_or_default();
    let reprompts_max =
        fields.take("max_reprompts").and_then(|tree| reader.whole(tree, "`max_reprompts`", 0, 20));
    let turn_taking = fields
        .take("turn_taking")
        .map(|tree| Box::new(read_turns::read_turn_taking(reader, tree, turn_taking.clone())));
    let silence_ms_max = fields
        .take("silence_ms_max")
        .and_then(|tree| reader.whole(tree, "`silence_ms_max`", 500, TIME_MS_MAX));
    let requires = fields.take("requires").and_then(|tree| reader.condition(tree, "`requires`"));
    let mut edges = Vec::new();
    let mut edge_places = Vec::new();
    if let Some(tree) = fields.take("edges") {
        for item in reader.list(tree, "`edges`") {
            if let Some(edge) = read_edge(reader, item, name) {
                edges.push(edge);
                edge_places.push(item.at);
            }
        }
    }
    if let Some(tree) = fields.take("decide") {
        for item in reader.list(tree, "`decide`") {
            if let Some(edge) = read_decision(reader, item, name) {
                edges.push(edge);
                edge_places.push(item.at);
            }
        }
    }
    check_keys(reader, &edges, &edge_places);
    places.edges.insert(name.to_owned(), edge_places);
    Node {
        name: name.to_owned(),
        agent: agent.unwrap_or_default(),
        say,
        // Last words are said to the end unless the author wants otherwise.
        interruptible: interruptible
            .unwrap_or(!matches!(kind, NodeKind::End | NodeKind::Transfer(_))),
        kind,
        reprompt,
        reprompts_max: reprompts_max.and_then(|count| u32::try_from(count).ok()).unwrap_or(2),
        turn_taking,
        silence_ms_max,
        requires,
        edges,
    }
}

fn read_kind(reader: &mut Reader, fields: &mut Fields<'_>) -> NodeKind {
    let collect =
        fields.take("collect").and_then(|tree| reader.reference(tree, "`collect`", Target::Slot));
    const ASKS: [(&str, Ask); 3] =
        [("intents", Ask::Intents), ("yes_no", Ask::YesNo), ("outside", Ask::Outside)];
    let ask = fields.take("ask").and_then(|tree| reader.choice(tree, "`ask`", &ASKS));
    let tool = fields.take("tool").and_then(|tree| reader.reference(tree, "`tool`", Target::Tool));
    let end = fields.take("end").and_then(|tree| reader.flag(tree, "`end`"));
    let transfer = fields.take("transfer").and_then(|tree| {
        let text = reader.text(tree, "`transfer`")?;
        reader.template(&text, tree.at)
    });
    let talk = fields.take("talk").and_then(|tree| reader.text(tree, "`talk`"));
    let tools = fields.take("tools").map(|tree| reader.texts(tree, "a tool of `tools`"));
    if let (None, Some(_)) = (&talk, &tools) {
        let what = format!("{} has `tools` and no `talk`", fields.what);
        reader.problem(fields.at, what, "say in `talk` what the model is to do with them");
    }
    let tools: Vec<String> = tools
        .into_iter()
        .flatten()
        .map(|(name, at)| {
            reader.refer(Target::Tool, &name, at);
            name
        })
        .collect();
    let written = DOINGS.iter().filter(|name| fields.has(name)).count();
    if written > 1 {
        let all = DOINGS.map(|name| format!("`{name}`")).join(", ");
        let what = format!("{} has more than one of {all}", fields.what);
        reader.problem(fields.at, what, "keep one and move the others to nodes of their own");
    }
    if let Some(goal) = talk {
        return NodeKind::Talk(Talk { goal, tools });
    }
    if let Some(to) = transfer {
        return NodeKind::Transfer(to);
    }
    match (collect, ask, tool, end) {
        (Some(slot), ..) => NodeKind::Collect(slot),
        (_, Some(ask), ..) => NodeKind::Ask(ask),
        (_, _, Some(tool), _) => NodeKind::Tool(tool),
        (_, _, _, Some(true)) => NodeKind::End,
        _ => NodeKind::Say,
    }
}

/// What a node can do; at most one of them, and without any it only speaks.
const DOINGS: [&str; 7] = ["collect", "ask", "tool", "talk", "transfer", "end", "decide"];

/// A way on that only conditions choose.
fn read_decision(reader: &mut Reader, tree: &Tree, node: &str) -> Option<Edge> {
    let fields = reader.fields(tree, format!("a decision of node `{node}`"))?;
    finish_edge(reader, fields, EdgeOn::Done, None, node)
}

/// One key leads one way.
fn check_keys(reader: &mut Reader, edges: &[Edge], places: &[Place]) {
    let mut seen: BTreeMap<char, &EdgeOn> = BTreeMap::new();
    for (edge, at) in edges.iter().zip(places) {
        let Some(key) = edge.key else { continue };
        if *seen.entry(key).or_insert(&edge.on) != &edge.on {
            let what = format!("key `{key}` leads along two edges");
            reader.problem(*at, what, "give each its own key");
        }
    }
}

/// An edge of a node, or with `node` a rule of `everywhere`.
pub(super) fn read_edge(reader: &mut Reader, tree: &Tree, node: &str) -> Option<Edge> {
    let what = match node {
        EVERYWHERE => "a rule of `everywhere`".to_owned(),
        node => format!("an edge of node `{node}`"),
    };
    let mut fields = reader.fields(tree, what)?;
    let on = fields.need(reader, "on").and_then(|tree| read_on(reader, tree));
    let key = fields.take("key").and_then(|tree| read_key(reader, tree));
    finish_edge(reader, fields, on?, key, node)
}

/// In place of a node's name: the edge belongs to every node.
pub(super) const EVERYWHERE: &str = "";

fn read_key(reader: &mut Reader, tree: &Tree) -> Option<char> {
    let text = reader.text(tree, "`key`")?;
    let mut chars = text.chars();
    let key = chars.next().filter(|key| key.is_ascii_digit() || "*#".contains(*key));
    if key.is_none() || chars.next().is_some() {
        let cure = "write one of 0 to 9, \"*\" and \"#\"";
        reader.problem(tree.at, format!("`{text}` is no telephone key"), cure);
        return None;
    }
    key
}

fn finish_edge(
    reader: &mut Reader,
    mut fields: Fields<'_>,
    on: EdgeOn,
    key: Option<char>,
    node: &str,
) -> Option<Edge> {
    let when = fields.take("when").and_then(|tree| reader.condition(tree, "`when`"));
    let mut set = Vec::new();
    if let Some(tree) = fields.take("set") {
        for (key, value) in reader.named(tree, "`set`") {
            reader.refer(Target::Context, &key.name, key.at);
            set.push((key.name.clone(), value.to_json()));
        }
    }
    let to = fields.take("to").map(|tree| reader.reference(tree, "`to`", Target::Node));
    let repeat = fields.take("repeat").and_then(|tree| reader.flag(tree, "`repeat`"));
    let say = fields.take("say").and_then(|tree| {
        let text = reader.text(tree, "`say`")?;
        reader.template(&text, tree.at)
    });
    let (at, what) = (fields.at, fields.what.clone());
    fields.finish(reader);
    let stay = match (&to, repeat == Some(true), say.is_some()) {
        (Some(_), false, _) => None,
        (None, true, _) => Some(Stay::Repeat),
        (None, false, true) if !matches!(on, EdgeOn::Done | EdgeOn::Filled) => Some(Stay::AskAgain),
        (Some(_), true, _) => {
            reader.problem(at, format!("{what} has `to` and `repeat`"), "leave one of them out");
            None
        }
        (None, false, _) => {
            reader.problem(at, format!("{what} has no `to`"), "add `to:`");
            return None;
        }
    };
    let to = match to {
        Some(to) => to?,
        None => node.to_owned(),
    };
    Some(Edge { on, when, set, key, to, stay, say })
}

fn read_on(reader: &mut Reader, tree: &Tree) -> Option<EdgeOn> {
    let word = reader.text(tree, "`on`")?;
    let on = EdgeOn::parse(&word);
    if let EdgeOn::Intent(name) = &on {
        reader.refer(Target::Intent, name, tree.at);
    }
    Some(on)
}

/// The words that are outcomes; every other word is an intent.
pub(super) const OUTCOMES: [(&str, EdgeOn); 13] = [
    ("yes", EdgeOn::Yes),
    ("no", EdgeOn::No),
    ("filled", EdgeOn::Filled),
    ("done", EdgeOn::Done),
    ("failed", EdgeOn::Failed),
    ("timeout", EdgeOn::Timeout),
    ("silence", EdgeOn::Silence),
    ("unknown", EdgeOn::Unknown),
    ("voicemail", EdgeOn::Voicemail),
    ("injection", EdgeOn::Threat(Threat::Injection)),
    ("harm", EdgeOn::Threat(Threat::Harm)),
    ("abuse", EdgeOn::Threat(Threat::Abuse)),
    ("self_harm", EdgeOn::Threat(Threat::SelfHarm)),
];

impl EdgeOn {
    fn parse(word: &str) -> Self {
        let outcome = OUTCOMES.iter().find(|(name, _)| *name == word).map(|(_, on)| on.clone());
        outcome.unwrap_or_else(|| Self::Intent(word.to_owned()))
    }

    /// The word used in agent files.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Intent(name) => name,
            outcome => OUTCOMES.iter().find(|(_, on)| on == outcome).map_or("", |(name, _)| name),
        }
    }
}
