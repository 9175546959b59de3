//! A noise over the agent: the agent goes on, at once or from the first unheard word.

use crate::KIOSK;
use crate::script::Script;

#[test]
fn a_cough_pauses_and_the_reply_goes_on() {
    Script::new(KIOSK).says(1_000, 400, "").run_to(5_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            1.160 pause
            1.640 resume
            1.640 back-channel
            1.640 discard
            3.520 heard: Welcome to the museum. What can I do for you?
            "#,
    );
}

#[test]
fn a_long_noise_stops_the_reply_and_the_rest_is_said_afterwards() {
    Script::new(KIOSK).says(1_000, 1_000, "").run_to(6_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            1.160 pause
            1.600 flush
            1.600 heard only: Welcome to the
            2.360 discard
            2.360 ava> museum. What can I do for you? (Greeting)
            4.520 heard: museum. What can I do for you?
            "#,
    );
}
