//! From the tree of an agent file to the graph: nodes and edges.

use std::collections::BTreeMap;

use super::fields::{Fields, Reader, Target};
use super::model::{Ask, Edge, EdgeOn, Node, NodeKind, Talk};
use super::read::GraphPlaces;
use super::tree::Tree;

/// The start node and the nodes.
pub(super) type Graph = (String, BTreeMap<String, Node>);

pub(super) fn read_graph(
    reader: &mut Reader,
    tree: &Tree,
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
        let node = read_node(reader, &key.name, &mut fields, places);
        fields.finish(reader);
        nodes.insert(key.name.clone(), node);
    }
    Some((start?, nodes))
}

fn read_node(
    reader: &mut Reader,
    name: &str,
    fields: &mut Fields<'_>,
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
    places.edges.insert(name.to_owned(), edge_places);
    Node {
        name: name.to_owned(),
        agent: agent.unwrap_or_default(),
        say,
        // Last words are said to the end unless the author wants otherwise.
        interruptible: interruptible.unwrap_or(kind != NodeKind::End),
        kind,
        reprompt,
        reprompts_max: reprompts_max.and_then(|count| u32::try_from(count).ok()).unwrap_or(2),
        requires,
        edges,
    }
}

fn read_kind(reader: &mut Reader, fields: &mut Fields<'_>) -> NodeKind {
    let collect =
        fields.take("collect").and_then(|tree| reader.reference(tree, "`collect`", Target::Slot));
    const ASKS: [(&str, Ask); 2] = [("intents", Ask::Intents), ("yes_no", Ask::YesNo)];
    let ask = fields.take("ask").and_then(|tree| reader.choice(tree, "`ask`", &ASKS));
    let tool = fields.take("tool").and_then(|tree| reader.reference(tree, "`tool`", Target::Tool));
    let end = fields.take("end").and_then(|tree| reader.flag(tree, "`end`"));
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
    let written =
        ["collect", "ask", "tool", "talk", "end"].iter().filter(|name| fields.has(name)).count();
    if written > 1 {
        let what = format!(
            "{} has more than one of `collect`, `ask`, `tool`, `talk` and `end`",
            fields.what
        );
        reader.problem(fields.at, what, "keep one and move the others to nodes of their own");
    }
    if let Some(goal) = talk {
        return NodeKind::Talk(Talk { goal, tools });
    }
    match (collect, ask, tool, end) {
        (Some(slot), ..) => NodeKind::Collect(slot),
        (_, Some(ask), ..) => NodeKind::Ask(ask),
        (_, _, Some(tool), _) => NodeKind::Tool(tool),
        (_, _, _, Some(true)) => NodeKind::End,
        _ => NodeKind::Say,
    }
}

fn read_edge(reader: &mut Reader, tree: &Tree, node: &str) -> Option<Edge> {
    let mut fields = reader.fields(tree, format!("an edge of node `{node}`"))?;
    let on = fields.need(reader, "on").and_then(|tree| read_on(reader, tree));
    let when = fields.take("when").and_then(|tree| reader.condition(tree, "`when`"));
    let mut set = Vec::new();
    if let Some(tree) = fields.take("set") {
        for (key, value) in reader.named(tree, "`set`") {
            reader.refer(Target::Context, &key.name, key.at);
            set.push((key.name.clone(), value.to_json()));
        }
    }
    let to =
        fields.need(reader, "to").and_then(|tree| reader.reference(tree, "`to`", Target::Node));
    let say = fields.take("say").and_then(|tree| {
        let text = reader.text(tree, "`say`")?;
        reader.template(&text, tree.at)
    });
    fields.finish(reader);
    Some(Edge { on: on?, when, set, to: to?, say })
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
pub(super) const OUTCOMES: [(&str, EdgeOn); 8] = [
    ("yes", EdgeOn::Yes),
    ("no", EdgeOn::No),
    ("filled", EdgeOn::Filled),
    ("done", EdgeOn::Done),
    ("failed", EdgeOn::Failed),
    ("timeout", EdgeOn::Timeout),
    ("silence", EdgeOn::Silence),
    ("unknown", EdgeOn::Unknown),
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
