//! What a program that drives calls may say: one JSON object per action, as `docs/control.md` has it.

use serde_json::Value;

use crate::{WireError, field};

/// Longest words of a program's own name for an action, characters.
const ID_CHARS_MAX: usize = 100;
/// What `action` may be.
const ACTIONS: &str = "one of say, intent, fill, transfer, hang_up";

/// Something that is to be done in a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The call.
    pub call_id: String,
    /// The program's own name for the action: a number or a short text; null if it gave none, or a long one.
    pub id: Value,
    /// What is to be done.
    pub wants: Wants,
}

/// What a program may want.
#[derive(Debug, Clone, PartialEq)]
pub enum Wants {
    /// The agent says this.
    Say {
        /// The words.
        text: String,
        /// The question that it answers.
        answers: Option<u64>,
    },
    /// The call takes the edge of this intent.
    Intent(String),
    /// A slot gets a value.
    Fill {
        /// The slot.
        slot: String,
        /// Its value.
        value: Value,
    },
    /// The caller is put through.
    Transfer {
        /// A number or a `sip:` address.
        to: String,
        /// Last words; may be empty.
        say: String,
    },
    /// The call ends.
    HangUp {
        /// Last words; may be empty.
        say: String,
    },
}

/// A message that is no action.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("not an action: {why}")]
pub struct NoAction {
    /// The program's own name for it, as far as that could be read.
    pub id: Value,
    /// What is wrong with it, and where.
    pub why: String,
}

/// Reads a program's message.
///
/// # Errors
/// When it is no JSON object, longer than [`crate::MESSAGE_BYTES_MAX`], or lacks what its action needs.
pub fn action(text: &str) -> Result<Action, NoAction> {
    let no_action = |id, error: WireError| NoAction { id, why: error.to_string() };
    let message = field::object(text).map_err(|error| no_action(Value::Null, error))?;
    let id = bounded(message.get("id"));
    let read = || Ok((field::text(&message, "call_id")?, wants(&message)?));
    match read() {
        Ok((call_id, wants)) => Ok(Action { call_id, id, wants }),
        Err(error) => Err(no_action(id, error)),
    }
}

fn wants(message: &Value) -> Result<Wants, WireError> {
    let text = |at| field::text(message, at);
    let last_words = || Ok(field::text_if_any(message, "say")?.unwrap_or_default());
    Ok(match text("action")?.as_str() {
        "say" => {
            let answers = message.get("answers").filter(|value| !value.is_null());
            let answers = answers.map(|_| field::number(message, "answers")).transpose()?;
            Wants::Say { text: text("text")?, answers }
        }
        "intent" => Wants::Intent(text("intent")?),
        "fill" => {
            let value = message.get("value").cloned().unwrap_or_default();
            Wants::Fill { slot: text("slot")?, value }
        }
        "transfer" => Wants::Transfer { to: text("to")?, say: last_words()? },
        "hang_up" => Wants::HangUp { say: last_words()? },
        other => return Err(field::bad("action", ACTIONS, &other.into())),
    })
}

/// A program's name for an action comes back as it was, if it is short.
fn bounded(id: Option<&Value>) -> Value {
    match id {
        Some(Value::String(text)) if text.chars().count() > ID_CHARS_MAX => Value::Null,
        Some(id @ (Value::String(_) | Value::Number(_))) => id.clone(),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn actions_are_read() {
        for (message, wants) in [
            (json!({"action": "hang_up"}), Wants::HangUp { say: String::new() }),
            (json!({"action": "intent", "intent": "card"}), Wants::Intent("card".into())),
            (
                json!({"action": "say", "text": "Hi.", "answers": 3}),
                Wants::Say { text: "Hi.".into(), answers: Some(3) },
            ),
            (
                json!({"action": "fill", "slot": "day", "value": [1]}),
                Wants::Fill { slot: "day".into(), value: json!([1]) },
            ),
            (
                json!({"action": "transfer", "to": "sip:a@b", "say": "Bye.", "more": 1}),
                Wants::Transfer { to: "sip:a@b".into(), say: "Bye.".into() },
            ),
        ] {
            let mut message = message;
            message["call_id"] = json!("CA1");
            message["id"] = json!(7);
            let read = Action { call_id: "CA1".into(), id: json!(7), wants };
            assert_eq!(action(&message.to_string()), Ok(read));
        }
    }

    #[test]
    fn what_is_no_action_says_why_and_keeps_its_name() {
        for (text, id, part) in [
            ("", Value::Null, "not a JSON object"),
            ("[1]", Value::Null, "not a JSON object"),
            (r#"{"action": "sing", "call_id": "c", "id": "x"}"#, json!("x"), "sing"),
            (r#"{"action": "say", "call_id": "c", "id": [1]}"#, Value::Null, "text: missing"),
            (r#"{"action": "say", "text": "Hi."}"#, Value::Null, "call_id: missing"),
            (r#"{"action": {}, "call_id": "c"}"#, Value::Null, "action: must be a string"),
            (
                r#"{"action": "say", "call_id": "c", "text": "", "answers": -1}"#,
                Value::Null,
                "whole",
            ),
        ] {
            let refused = action(text).unwrap_err();
            assert_eq!(refused.id, id, "{text}");
            assert!(refused.to_string().contains(part), "{refused}");
        }
        let long = json!({"action": "hang_up", "call_id": "c", "id": "x".repeat(101)});
        assert_eq!(action(&long.to_string()).unwrap().id, Value::Null);
        let deep = "[".repeat(60_000);
        assert!(action(&deep).is_err());
    }
}
