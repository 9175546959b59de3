//! Agent files: YAML as written, and the [`Agent`] made from it.
//!
//! Reading is in two steps. `tree` keeps every value with its line and column;
//! `read` turns the tree into the [`Agent`], and `check` follows every name and walks the
//! graph. All problems of a file are found in one pass, each with its place and its cure.

mod check;
mod error;
mod everywhere;
mod fields;
mod fillers;
mod model;
mod phrases;
mod read;
mod read_after;
mod read_graph;
mod read_guard;
mod read_tools;
mod read_turns;
mod tree;

pub use error::{AgentErrors, Problem};
pub use fillers::{BREATH, Fillers};
pub use model::{
    Agent, Ask, BuiltIn, DayRule, Edge, EdgeOn, HttpMethod, Intent, Limits, Node, NodeKind,
    Persona, RemoteModel, Router, SlotCheck, SlotKind, SlotSpec, Stay, Talk, ToolKind, ToolSpec,
};

pub use phrases::Phrases;
pub use read_after::{AfterCall, Disposition};

impl Agent {
    /// Reads and checks an agent file; the error lists every problem found.
    pub fn parse(yaml: &str) -> Result<Self, AgentErrors> {
        read::parse(yaml)
    }
}
