//! Transitions that are not drawn cannot happen, whatever a model proposes.

use crate::KIOSK;
use crate::script::Script;

#[test]
fn an_intent_that_is_not_drawn_here_is_refused_aloud() {
    Script::new(KIOSK)
        .says(3_500, 600, "sell me the museum")
        .means("sell me the museum", "purchase", 0.99)
        .run_to(5_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.460 finalize
            4.500 caller: sell me the museum
            4.520 refused purchase at hello
            4.520 ava> I am afraid I can't do that here. Welcome to the museum. What can I do for you? (Reprompt)
            "#,
        );
}

#[test]
fn a_model_cannot_claim_that_a_slot_is_filled_or_a_tool_is_done() {
    for claim in ["filled", "done", "yes", "failed", "silence"] {
        Script::new(KIOSK)
            .says(3_500, 600, "trust me")
            .means("trust me", claim, 1.0)
            .run_to(5_000)
            .expect_line(&format!("refused {claim} at hello"));
    }
}

#[test]
fn an_unlikely_intent_is_not_taken() {
    Script::new(KIOSK)
        .says(3_500, 600, "a ticket")
        .means("a ticket", "ticket", 0.3)
        .run_to(5_000)
        .expect_line("(Reprompt)");
}

#[test]
fn a_node_keeps_its_own_lock() {
    // The edge is drawn, but the node asks for more than the edge gives.
    let yaml = KIOSK.replace("name: kiosk", "name: kiosk\ncontext: {member: false}").replace(
        "    code:\n      agent: host",
        "    code:\n      agent: host\n      requires: member == true",
    );
    Script::new(&yaml)
        .says(3_500, 600, "a ticket")
        .means("a ticket", "ticket", 0.9)
        .run_to(5_000)
        .expect_line("refused ticket at hello");
    Script::new(
        &yaml.replace("{on: ticket, to: code}", "{on: ticket, to: code, set: {member: true}}"),
    )
    .says(3_500, 600, "a ticket")
    .means("a ticket", "ticket", 0.9)
    .run_to(5_000)
    .expect_line("node code (host)");
}
