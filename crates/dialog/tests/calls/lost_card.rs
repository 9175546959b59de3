//! The bank's main scenario, from "I lost my card" to the goodbye.

use hearsay_dialog::Agent;
use serde_json::json;

use crate::script::Script;

const BANK: &str = include_str!("../../../../examples/bank/agent.yaml");

fn bank() -> Script {
    let agent = Agent::parse(BANK).unwrap_or_else(|errors| panic!("{errors}"));
    Script::with_agent(agent.with_var("bank_api", "http://bank").expect("a variable of the bank"))
}

#[test]
fn a_lost_card_is_locked_and_replaced() {
    bank()
        .says(4_500, 1_000, "I lost my card")
        .means("I lost my card", "lost_card", 0.97)
        .says(13_500, 1_600, "four two seven one")
        .tool("verify_code", 120, Ok(json!({"ok": true})))
        .tool("lock_card", 120, Ok(json!({"locked": true, "card_ending": "9034"})))
        .says(22_000, 400, "yes please")
        .tool("issue_replacement_card", 400, Ok(json!({"status": "success", "delivery_days": 5})))
        .says(31_000, 400, "no thanks")
        .run_to(60_000)
        .expect(
            r#"
            0.000 node greeting (reception)
            0.000 linda> Hello, this is Harbour Bank. How can I help you today? (Greeting)
            3.360 heard: Hello, this is Harbour Bank. How can I help you today?
            5.860 finalize
            5.900 caller: I lost my card
            5.920 handoff reception -> security for lost_card {"verified":false,"wish":"lost_card"}
            5.920 node lost_card (security)
            5.920 node ask_code (security)
            5.920 rms> I am sorry to hear that. I will lock your card right away. Please tell me the four digits of your security code. (Reply)
            12.880 heard: I am sorry to hear that. I will lock your card right away. Please tell me the four digits of your security code.
            15.340 finalize
            15.380 caller: four two seven one
            15.380 slot card_code = "4271"
            15.380 node verify (security)
            15.380 tool verify_code POST http://bank/verify {"code":"4271"}
            15.500 tool verify_code answered in 120 ms
            15.500 slot code_ok = true
            15.500 node lock (security)
            15.500 tool lock_card POST http://bank/cards/lock {"code":"4271"}
            15.620 tool lock_card answered in 120 ms
            15.620 slot card_ending = "9034"
            15.620 node offer_replacement (security)
            15.620 rms> Thank you. I have locked your card ending in 9 0 3 4. Would you like a replacement? (Reply)
            21.080 heard: Thank you. I have locked your card ending in 9 0 3 4. Would you like a replacement?
            22.640 finalize
            22.680 caller: yes please
            22.680 slot wants_replacement = true
            22.680 handoff security -> cards for yes {"verified":true,"wish":"lost_card"} card_code="[private]" by caller card_ending="9034" by tool lock_card code_ok=true by tool verify_code wants_replacement=true by caller
            22.680 node issue_replacement (cards)
            22.680 tool issue_replacement_card POST http://bank/cards/replacement {"card_ending":"9034"}
            22.680 slt> Let me order that for you. (Filler)
            23.080 tool issue_replacement_card answered in 400 ms
            23.080 slot delivery_days = 5
            23.080 node replacement_ordered (cards)
            23.080 handoff cards -> reception for done {"verified":true,"wish":"lost_card"} card_code="[private]" by caller card_ending="9034" by tool lock_card code_ok=true by tool verify_code delivery_days=5 by tool issue_replacement_card wants_replacement=true by caller
            23.080 node anything_else (reception)
            24.540 heard: Let me order that for you.
            24.540 slt> Done. Your new card will arrive in 5 days. (Reply)
            27.300 heard: Done. Your new card will arrive in 5 days.
            27.300 linda> Is there anything else? (Reply)
            28.560 heard: Is there anything else?
            31.640 finalize
            31.680 caller: no thanks
            31.680 node goodbye (reception)
            31.680 linda> Thank you for calling Harbour Bank. Goodbye. (Goodbye)
            33.840 heard: Thank you for calling Harbour Bank. Goodbye.
            33.840 ended completed
            33.840 noted card_replaced {"card_ending":"9034","delivery_days":5}
            33.840 hangup completed
            "#,
        );
}

#[test]
fn three_wrong_codes_end_the_call() {
    let wrong = || Ok(json!({"ok": false}));
    let script = bank()
        .says(4_500, 1_000, "I lost my card")
        .means("I lost my card", "lost_card", 0.97)
        .says(13_500, 1_600, "one one one one")
        .tool("verify_code", 100, wrong())
        .says(20_500, 1_600, "two two two two")
        .tool("verify_code", 100, wrong())
        .says(27_500, 1_600, "three three three three")
        .tool("verify_code", 100, wrong())
        .run_to(60_000)
        .expect_line("node too_many_tries (security)")
        .expect_line("hangup completed");
    let asked_again = script.lines().iter().filter(|line| line.contains("node wrong_code")).count();
    assert_eq!(asked_again, 2);
    assert!(!script.lines().iter().any(|line| line.contains("node lock")));
}

#[test]
fn a_bank_that_does_not_answer_is_apologised_for() {
    bank()
        .says(4_500, 1_000, "I lost my card")
        .means("I lost my card", "lost_card", 0.97)
        .says(13_500, 1_600, "four two seven one")
        .run_to(60_000)
        .expect_line("tool verify_code failed: no answer in time")
        .expect_line("heard: One moment, please.")
        .expect_line("heard: I am sorry, our system is not answering right now. Please call again in a few minutes. Goodbye.")
        .expect_line("hangup completed");
}

#[test]
fn the_balance_needs_the_code_first() {
    bank()
        .says(4_500, 1_000, "what is my balance")
        .means("what is my balance", "balance", 0.97)
        .says(10_000, 1_600, "four two seven one")
        .tool("verify_code", 100, Ok(json!({"ok": true})))
        .tool("read_balance", 100, Ok(json!({"balance": "1,204 pounds"})))
        .run_to(15_000)
        .expect_line("node ask_code_for_balance (security)")
        .expect_line("slt> Your balance is 1,204 pounds. (Reply)");
}
