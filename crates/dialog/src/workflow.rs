//! Walking the graph: which edge, if any, leads on from a node.
//!
//! This is the only place where an edge is chosen, and it can only choose one that is
//! drawn. It moves nothing by itself.

use serde_json::Value;

use crate::agent::{Agent, Edge, EdgeOn, Node};
use crate::memory::Memory;

/// The first drawn edge for this outcome whose conditions hold, there and at its target.
pub(crate) fn edge_for<'a>(
    agent: &'a Agent,
    node: &'a Node,
    outcome: &EdgeOn,
    memory: &Memory,
) -> Option<&'a Edge> {
    let open = |on: &EdgeOn| {
        let mut drawn = node.edges.iter().filter(|edge| edge.on == *on);
        drawn.find(|edge| may_take(agent, node, edge, memory))
    };
    open(outcome).or_else(|| match outcome {
        // A tool that is late has failed; a slot of yes or no is filled by either.
        EdgeOn::Timeout => open(&EdgeOn::Failed),
        EdgeOn::Yes | EdgeOn::No => open(&EdgeOn::Filled),
        _ => None,
    })
}

fn may_take(agent: &Agent, node: &Node, edge: &Edge, memory: &Memory) -> bool {
    let here = |name: &str| memory.value(name, &node.name);
    if !edge.when.as_ref().is_none_or(|when| when.holds(here)) {
        return false;
    }
    let Some(target) = agent.node(&edge.to) else { return false };
    let there = |name: &str| -> Option<Value> {
        let set = edge.set.iter().rfind(|(set, _)| set == name).map(|(_, value)| value.clone());
        set.or_else(|| memory.value(name, &target.name))
    };
    target.requires.as_ref().is_none_or(|requires| requires.holds(there))
}

/// The intents that can be taken from a node, each once, by name.
pub(crate) fn intents_of(node: &Node) -> Vec<String> {
    let mut intents: Vec<String> = Vec::new();
    for edge in &node.edges {
        if let EdgeOn::Intent(name) = &edge.on
            && !intents.contains(name)
        {
            intents.push(name.clone());
        }
    }
    intents
}
