//! Checks of a whole agent file: every name leads somewhere, every node can be
//! reached, every outcome has a way on, and no wording needs a value that may be missing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::error::Place;
use super::fields::{Reader, Target, cure_for};
use super::model::{
    Agent, Ask, Edge, EdgeOn, Node, NodeKind, SlotKind, SlotSpec, Talk, ToolKind, ToolSpec,
};
use super::read::GraphPlaces;
use super::read_graph::OUTCOMES;
use crate::condition::Condition;
use crate::guard::Threat;
use crate::memory::{CALL_VALUES, COUNTED};
use crate::template::{self, Template};

/// Notes every problem of a file that is only seen when all of it is read.
pub(super) fn check(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    follow_references(reader, agent);
    check_names(reader, agent, places);
    for node in agent.nodes.values() {
        check_outcomes(reader, agent, node, places);
        check_wording(reader, agent, node, places);
    }
    let all_targets_exist = agent
        .nodes
        .values()
        .flat_map(|node| &node.edges)
        .all(|edge| agent.nodes.contains_key(&edge.to));
    // The walks below would only repeat that an edge leads nowhere.
    if all_targets_exist && agent.nodes.contains_key(&agent.start) {
        check_reachable(reader, agent, places);
        check_loops(reader, agent, places);
        check_busy_loops(reader, agent, places);
        check_silences(reader, agent, places);
        check_values_present(reader, agent, places);
    }
}

fn follow_references(reader: &mut Reader, agent: &Agent) {
    for reference in std::mem::take(&mut reader.references) {
        let (what, known) = known_names(agent, reference.to);
        if !known.contains(&reference.name.as_str()) {
            let what = format!("{what} `{}` does not exist", reference.name);
            let cure = match reference.to {
                Target::Value if COUNTED.contains(&reference.name.as_str()) => {
                    format!("`{}` is for conditions only", reference.name)
                }
                Target::Value if agent.secrets.contains_key(&reference.name) => {
                    "a secret may stand in `headers` only".to_owned()
                }
                Target::Host => "which host is asked cannot depend on the call; name a \
                                 variable of `vars` or write the host"
                    .to_owned(),
                Target::Value | Target::Condition | Target::Header if known.is_empty() => {
                    format!("define `{}` under `slots` or `context`", reference.name)
                }
                _ => cure_for(&reference.name, &known),
            };
            reader.problem(reference.at, what, cure);
        }
    }
}

fn known_names(agent: &Agent, target: Target) -> (&'static str, Vec<&str>) {
    let slots = || agent.slots.keys().map(String::as_str);
    let context = || agent.context.keys().map(String::as_str);
    let metadata = agent.metadata.keys().map(String::as_str).chain(CALL_VALUES);
    let vars = agent.vars.keys().map(String::as_str);
    let values = || slots().chain(context()).chain(vars.clone()).chain(metadata.clone());
    match target {
        Target::Agent => ("agent", agent.personas.keys().map(String::as_str).collect()),
        Target::Node => ("node", agent.nodes.keys().map(String::as_str).collect()),
        Target::Slot => ("slot", slots().collect()),
        Target::Tool => ("tool", agent.tools.keys().map(String::as_str).collect()),
        Target::Intent => {
            let intents = agent.router.intents.iter().map(|intent| intent.name.as_str());
            ("outcome or intent", intents.chain(OUTCOMES.iter().map(|(name, _)| *name)).collect())
        }
        Target::Context => ("context value", context().collect()),
        Target::Value => ("slot or context value", values().collect()),
        Target::Condition => ("slot or context value", values().chain(COUNTED).collect()),
        Target::Header => (
            "slot, context value or secret",
            values().chain(agent.secrets.keys().map(String::as_str)).collect(),
        ),
        Target::Host => ("variable for a host", vars.collect()),
    }
}

/// Slots, context values and variables share one space of names in wording and conditions.
fn check_names(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    let mut seen = BTreeSet::from_iter(COUNTED.into_iter().chain(CALL_VALUES));
    let names = agent.slots.keys().chain(agent.context.keys()).chain(agent.vars.keys());
    let names = names.chain(agent.metadata.keys()).chain(agent.secrets.keys());
    for name in names.map(String::as_str) {
        if !seen.insert(name) {
            let what = format!(
                "`{name}` names more than one of slots, context, vars, metadata, secrets and what every call has"
            );
            reader.problem(Place::default(), what, "give each its own name");
        }
    }
    if agent.nodes.is_empty() {
        reader.problem(
            places.graph,
            "the graph has no nodes",
            "add at least one node with `end: true`",
        );
    }
}

fn check_outcomes(reader: &mut Reader, agent: &Agent, node: &Node, places: &GraphPlaces) {
    let at = places.nodes.get(&node.name).copied().unwrap_or_default();
    let edge_places = places.edges.get(&node.name).map(Vec::as_slice).unwrap_or_default();
    for (edge, at) in node.edges.iter().zip(edge_places) {
        if !can_happen(&agent.slots, node, &edge.on) {
            let what = format!("`{}` cannot happen at node `{}`", edge.on.as_str(), node.name);
            reader.problem(
                *at,
                what,
                format!("use what it can lead to: {}", possible(agent, node)),
            );
        }
    }
    for needed in needed_outcomes(agent, node) {
        let of_outcome = || node.edges.iter().filter(|edge| edge.on == needed);
        let (word, name) = (needed.as_str(), &node.name);
        if of_outcome().next().is_none() {
            let what = format!("node `{name}` has no edge for `{word}`");
            reader.problem(at, what, format!("add `- {{on: {word}, to: ...}}`"));
        } else if of_outcome().all(|edge| edge.when.is_some()) {
            let what = format!("node `{name}` has no way on for `{word}` when no condition holds");
            reader.problem(at, what, format!("add a last edge for `{word}` without `when`"));
        }
    }
    let asks_intents = node.kind == NodeKind::Ask(Ask::Intents);
    if asks_intents && !node.edges.iter().any(|edge| matches!(edge.on, EdgeOn::Intent(_))) {
        let what = format!("node `{}` asks for intents and draws none", node.name);
        reader.problem(at, what, "add an edge for each intent that can be taken here");
    }
}

fn collects_yes_no(slots: &BTreeMap<String, SlotSpec>, node: &Node) -> bool {
    let NodeKind::Collect(slot) = &node.kind else { return false };
    slots.get(slot).is_some_and(|slot| slot.kind == SlotKind::YesNo)
}

/// Whether an outcome can come of what happens at a node.
pub(super) fn can_happen(slots: &BTreeMap<String, SlotSpec>, node: &Node, on: &EdgeOn) -> bool {
    use EdgeOn::{
        Done, Failed, Filled, Intent, No, Silence, Threat, Timeout, Unknown, Voicemail, Yes,
    };
    match &node.kind {
        NodeKind::Say => matches!(on, Done),
        NodeKind::Collect(_) if matches!(on, Yes | No) => collects_yes_no(slots, node),
        NodeKind::Collect(_) => {
            matches!(on, Filled | Silence | Unknown | Voicemail | Threat(_) | Intent(_))
        }
        NodeKind::Ask(Ask::Intents) => {
            matches!(on, Silence | Unknown | Voicemail | Threat(_) | Intent(_))
        }
        NodeKind::Ask(Ask::YesNo) => {
            matches!(on, Yes | No | Silence | Unknown | Voicemail | Threat(_) | Intent(_))
        }
        NodeKind::Ask(Ask::Outside) => {
            matches!(on, Failed | Timeout | Silence | Unknown | Voicemail | Threat(_) | Intent(_))
        }
        NodeKind::Tool(_) => matches!(on, Done | Failed | Timeout),
        NodeKind::Talk(talk) if matches!(on, Done | Failed | Timeout) => !talk.tools.is_empty(),
        NodeKind::Talk(_) => matches!(on, Silence | Unknown | Voicemail | Threat(_) | Intent(_)),
        NodeKind::End | NodeKind::Transfer(_) => false,
    }
}

fn possible(agent: &Agent, node: &Node) -> String {
    let mut words: Vec<&str> = OUTCOMES
        .iter()
        .filter(|(_, on)| can_happen(&agent.slots, node, on) && !matches!(on, EdgeOn::Threat(_)))
        .map(|(word, _)| *word)
        .collect();
    if can_happen(&agent.slots, node, &EdgeOn::Threat(Threat::Injection)) {
        words.push("a threat (injection, harm, abuse, self_harm)");
    }
    if can_happen(&agent.slots, node, &EdgeOn::Intent(String::new())) {
        words.push("any intent");
    }
    if words.is_empty() { "nothing, the call ends here".to_owned() } else { words.join(", ") }
}

fn draws_yes(node: &Node) -> bool {
    node.edges.iter().any(|edge| edge.on == EdgeOn::Yes)
}

fn needed_outcomes(agent: &Agent, node: &Node) -> Vec<EdgeOn> {
    match &node.kind {
        NodeKind::Say => vec![EdgeOn::Done],
        NodeKind::Collect(_) if collects_yes_no(&agent.slots, node) && draws_yes(node) => {
            vec![EdgeOn::Yes, EdgeOn::No]
        }
        NodeKind::Collect(_) => vec![EdgeOn::Filled],
        NodeKind::Ask(Ask::Intents | Ask::Outside)
        | NodeKind::Talk(_)
        | NodeKind::End
        | NodeKind::Transfer(_) => vec![],
        NodeKind::Ask(Ask::YesNo) => vec![EdgeOn::Yes, EdgeOn::No],
        NodeKind::Tool(_) => vec![EdgeOn::Done, EdgeOn::Failed],
    }
}

fn check_wording(reader: &mut Reader, agent: &Agent, node: &Node, places: &GraphPlaces) {
    let at = places.nodes.get(&node.name).copied().unwrap_or_default();
    // A node that decides has no words; it says so by having nothing but conditions.
    let decides = node.kind == NodeKind::Say && node.edges.iter().any(|edge| edge.when.is_some());
    let silent = node.say.is_empty() && !decides;
    let may_be_silent =
        matches!(node.kind, NodeKind::Tool(_) | NodeKind::Talk(_) | NodeKind::Ask(Ask::Outside));
    if silent && !may_be_silent {
        let what = format!("node `{}` says nothing", node.name);
        reader.problem(at, what, "add `say:`");
    }
    if let NodeKind::Collect(slot) = &node.kind
        && let Some(SlotKind::Flag) = agent.slots.get(slot).map(|slot| slot.kind)
    {
        let what = format!("slot `{slot}` of node `{}` is filled by tools only", node.name);
        reader.problem(at, what, "collect a slot of another type, such as yes_no");
    }
}

fn check_reachable(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    let mut reached = BTreeSet::new();
    let mut open = VecDeque::from([agent.start.as_str()]);
    while let Some(name) = open.pop_front() {
        if !reached.insert(name) {
            continue;
        }
        if let Some(node) = agent.nodes.get(name) {
            open.extend(node.edges.iter().map(|edge| edge.to.as_str()));
        }
    }
    for name in agent.nodes.keys().filter(|name| !reached.contains(name.as_str())) {
        let at = places.nodes.get(name).copied().unwrap_or_default();
        reader.problem(
            at,
            format!("node `{name}` cannot be reached"),
            "draw an edge to it or remove it",
        );
    }
    let ends = ends_ahead(agent);
    for name in reached.iter().filter(|name| !ends.contains(**name)) {
        let at = places.nodes.get(*name).copied().unwrap_or_default();
        let what = format!("no end of the call can be reached from node `{name}`");
        reader.problem(at, what, "draw a way to a node with `end: true`");
    }
}

/// The nodes from which an end can be reached.
fn ends_ahead(agent: &Agent) -> BTreeSet<&str> {
    let mut ends: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = ends.len();
        for node in agent.nodes.values() {
            let leads = node.edges.iter().any(|edge| ends.contains(edge.to.as_str()));
            // A program outside can end the call where it answers.
            let ends_here = matches!(
                node.kind,
                NodeKind::End | NodeKind::Transfer(_) | NodeKind::Ask(Ask::Outside)
            );
            if leads || ends_here {
                ends.insert(&node.name);
            }
        }
        if ends.len() == before {
            return ends;
        }
    }
}

/// Nodes that only speak must not lead back to themselves: the agent would talk for ever.
fn check_loops(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    for node in agent.nodes.values().filter(|node| node.kind == NodeKind::Say) {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = node.edges.iter().map(|edge| edge.to.as_str()).collect();
        while let Some(name) = open.pop() {
            let Some(next) = agent.nodes.get(name) else { continue };
            if next.kind == NodeKind::Say && seen.insert(name) {
                open.extend(next.edges.iter().map(|edge| edge.to.as_str()));
            }
        }
        if seen.contains(node.name.as_str()) {
            let at = places.nodes.get(&node.name).copied().unwrap_or_default();
            let what = format!("node `{}` leads back to itself without asking anybody", node.name);
            reader.problem(at, what, "put a node with `ask`, `collect` or `tool` on the way");
        }
    }
}

/// Nodes that nobody answers must not lead back to themselves by edges that are always open: a
/// service that keeps failing would be asked for ever, and the caller never.
fn check_busy_loops(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    let is_busy = |node: &Node| matches!(node.kind, NodeKind::Tool(_) | NodeKind::Say);
    let open_ways = |node: &Node| -> Vec<String> {
        let open = node.edges.iter().filter(|edge| edge.when.is_none());
        open.map(|edge| edge.to.clone()).collect()
    };
    for node in agent.nodes.values().filter(|node| matches!(node.kind, NodeKind::Tool(_))) {
        let (mut seen, mut open) = (BTreeSet::new(), open_ways(node));
        while let Some(name) = open.pop() {
            let Some(next) = agent.nodes.get(&name).filter(|next| is_busy(next)) else { continue };
            if seen.insert(name) {
                open.extend(open_ways(next));
            }
        }
        if seen.contains(&node.name) {
            let at = places.nodes.get(&node.name).copied().unwrap_or_default();
            let what =
                format!("node `{}` leads back to itself and the caller is never asked", node.name);
            reader.problem(
                at,
                what,
                "count the tries with `when: \"visits < 3\"`, or ask on the way",
            );
        }
    }
}

/// Longest time that a service may take without a word to the caller, ms.
const SILENCE_MS_MAX: u64 = 5_000;

/// A service that is waited for in silence sounds like a broken line.
fn check_silences(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    if agent.personas.values().any(|persona| persona.fillers.is_some()) {
        return;
    }
    for node in agent.nodes.values() {
        let NodeKind::Tool(name) = &node.kind else { continue };
        let Some(tool) = agent.tools.get(name) else { continue };
        if tool.meanwhile.is_none() && node.say.is_empty() && tool.timeout_ms > SILENCE_MS_MAX {
            let at = places.nodes.get(&node.name).copied().unwrap_or_default();
            let what = format!("node `{}` can be silent for {} ms", node.name, tool.timeout_ms);
            let cure = format!("give tool `{name}` a `meanwhile`, or switch `fillers` on");
            reader.problem(at, what, cure);
        }
    }
}

/// Slots that surely have a value on arrival at each node: what every way there fills.
fn slots_on_arrival(agent: &Agent) -> BTreeMap<&str, BTreeSet<&str>> {
    let all: BTreeSet<&str> = agent.slots.keys().map(String::as_str).collect();
    let mut arrival: BTreeMap<&str, BTreeSet<&str>> =
        agent.nodes.keys().map(|name| (name.as_str(), all.clone())).collect();
    arrival.insert(&agent.start, BTreeSet::new());
    loop {
        let mut changed = false;
        for node in agent.nodes.values() {
            for edge in &node.edges {
                let after = slots_after(agent, node, edge, &arrival);
                let Some(there) = arrival.get_mut(edge.to.as_str()) else { continue };
                let before = there.len();
                there.retain(|slot| after.contains(slot));
                changed |= there.len() != before;
            }
        }
        if !changed {
            return arrival;
        }
    }
}

fn slots_after<'a>(
    agent: &'a Agent,
    node: &'a Node,
    edge: &Edge,
    arrival: &BTreeMap<&str, BTreeSet<&'a str>>,
) -> BTreeSet<&'a str> {
    let mut slots = arrival.get(node.name.as_str()).cloned().unwrap_or_default();
    match (&node.kind, &edge.on) {
        (NodeKind::Collect(slot), EdgeOn::Filled | EdgeOn::Yes | EdgeOn::No) => {
            slots.insert(slot);
        }
        (NodeKind::Tool(tool), EdgeOn::Done) => {
            let save = agent.tools.get(tool).map(|tool| tool.save.as_slice()).unwrap_or_default();
            slots.extend(save.iter().map(|(slot, _)| slot.as_str()));
        }
        (NodeKind::Talk(talk), EdgeOn::Done) => slots.extend(filled_by_each(agent, talk)),
        _ => {}
    }
    let requires = agent.nodes.get(&edge.to).and_then(|target| target.requires.as_ref());
    let ensured = edge.when.iter().chain(requires).flat_map(Condition::ensures);
    slots.extend(
        ensured.filter_map(|name| agent.slots.get_key_value(name)).map(|(name, _)| name.as_str()),
    );
    slots
}

/// The slots that have a value after any one of the tools of a talk was called.
fn filled_by_each<'a>(agent: &'a Agent, talk: &Talk) -> BTreeSet<&'a str> {
    let filled = |tool: &'a ToolSpec| -> BTreeSet<&'a str> {
        let asked = agent.parameters(tool).into_iter().map(|slot| slot.name.as_str());
        asked.chain(tool.save.iter().map(|(slot, _)| slot.as_str())).collect()
    };
    let tools = talk.tools.iter().filter_map(|name| agent.tools.get(name));
    tools.map(filled).reduce(|some, other| &some & &other).unwrap_or_default()
}

fn check_values_present(reader: &mut Reader, agent: &Agent, places: &GraphPlaces) {
    let arrival = slots_on_arrival(agent);
    for node in agent.nodes.values() {
        let Some(present) = arrival.get(node.name.as_str()) else { continue };
        let at = places.nodes.get(&node.name).copied().unwrap_or_default();
        let mut templates: Vec<&Template> = node.say.iter().chain(&node.reprompt).collect();
        if let NodeKind::Transfer(to) = &node.kind {
            templates.push(to);
        }
        let mut body_names = Vec::new();
        if let NodeKind::Tool(name) = &node.kind
            && let Some(tool) = agent.tools.get(name)
        {
            templates.push(&tool.url);
            templates.extend(tool.headers.iter().map(|(_, value)| value));
            templates.extend(&tool.meanwhile);
            tool.body.iter().for_each(|body| template::names_in_json(body, &mut body_names));
            if let ToolKind::Sample(answer) = &tool.kind {
                template::names_in_json(answer, &mut body_names);
            }
        }
        let names = templates.iter().flat_map(|template| template.names().map(str::to_owned));
        for name in names.chain(body_names) {
            report_missing(reader, agent, present, &name, &node.name, at);
        }
        let edge_places = places.edges.get(&node.name).map(Vec::as_slice).unwrap_or_default();
        for (edge, at) in node.edges.iter().zip(edge_places) {
            let present = slots_after(agent, node, edge, &arrival);
            for name in edge.say.iter().flat_map(Template::names) {
                report_missing(reader, agent, &present, name, &node.name, *at);
            }
        }
    }
}

fn report_missing(
    reader: &mut Reader,
    agent: &Agent,
    present: &BTreeSet<&str>,
    name: &str,
    node: &str,
    at: Place,
) {
    if agent.slots.contains_key(name) && !present.contains(name) {
        let what = format!("`{{{name}}}` may have no value yet at node `{node}`");
        reader.problem(at, what, format!("fill `{name}` on every way to it, or leave it out"));
    }
}
