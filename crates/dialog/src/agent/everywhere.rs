//! Rules that hold at every node: a person is asked for, help, repeat, what to do when all else failed.
//!
//! They are spread over the nodes when a file is read, so that an edge is an edge wherever it was
//! drawn: the same walk takes it, the same checks follow it.

use std::collections::BTreeMap;

use super::check::can_happen;
use super::error::Place;
use super::fields::Reader;
use super::model::{Edge, EdgeOn, Node, NodeKind, SlotKind, SlotSpec};
use super::read::GraphPlaces;
use super::read_graph::{EVERYWHERE, read_edge};
use super::tree::Tree;

/// The rules with their places.
pub(super) fn read_everywhere(reader: &mut Reader, tree: &Tree) -> Vec<(Edge, Place)> {
    let mut rules = Vec::new();
    for item in reader.list(tree, "`everywhere`") {
        let Some(rule) = read_edge(reader, item, EVERYWHERE) else { continue };
        use EdgeOn::{Failed, Intent, Silence, Threat, Timeout, Unknown, Voicemail};
        if let Intent(_) | Threat(_) | Silence | Unknown | Failed | Timeout | Voicemail = rule.on {
            rules.push((rule, item.at));
        } else {
            let what = format!("`{}` belongs to one node", rule.on.as_str());
            let cure = "use an intent, a threat, silence, unknown, voicemail, failed or timeout";
            reader.problem(item.at, what, cure);
        }
    }
    rules
}

/// Adds each rule to every node where it can happen, behind the node's own edges. A node that has
/// drawn the same outcome for itself keeps to what it has drawn.
pub(super) fn spread(
    rules: Vec<(Edge, Place)>,
    nodes: &mut BTreeMap<String, Node>,
    slots: &BTreeMap<String, SlotSpec>,
    places: &mut GraphPlaces,
) {
    for node in nodes.values_mut() {
        let own: Vec<EdgeOn> = node.edges.iter().map(|edge| edge.on.clone()).collect();
        let own_keys: Vec<char> = node.edges.iter().filter_map(|edge| edge.key).collect();
        let collects_digits = collects_digits(node, slots);
        for (rule, at) in &rules {
            if own.contains(&rule.on) || !can_happen(slots, node, &rule.on) {
                continue;
            }
            // A model that talks says itself what came of its tools.
            let of_tool = matches!(rule.on, EdgeOn::Failed | EdgeOn::Timeout);
            if of_tool && !matches!(node.kind, NodeKind::Tool(_)) {
                continue;
            }
            let mut edge = rule.clone();
            if edge.stay.is_some() {
                edge.to.clone_from(&node.name);
            }
            // Where digits are collected, keys are digits.
            edge.key = edge.key.filter(|key| !collects_digits && !own_keys.contains(key));
            node.edges.push(edge);
            places.edges.entry(node.name.clone()).or_default().push(*at);
        }
    }
}

fn collects_digits(node: &Node, slots: &BTreeMap<String, SlotSpec>) -> bool {
    let NodeKind::Collect(slot) = &node.kind else { return false };
    let kind = slots.get(slot).map(|slot| slot.kind);
    matches!(kind, Some(SlotKind::Digits { .. } | SlotKind::Number))
}
