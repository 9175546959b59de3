//! Tools that need no service: the date, arithmetic, a signal of the model.

use hearsay_audio::dtmf;
use hearsay_dialog::{BuiltIn, ToolFailure, ToolRequest};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Longest expression, bytes.
const EXPRESSION_BYTES_MAX: usize = 500;
/// The rate of the sounds that are made only to find out whether they can be.
const TYPED_RATE_HZ: u32 = 8000;
/// Deepest brackets.
const DEPTH_MAX: usize = 50;

pub(super) fn answer(tool: BuiltIn, request: &ToolRequest) -> Result<Value, ToolFailure> {
    let field =
        |name: &str| request.body.as_ref().and_then(|body| body.expose().get(name).cloned());
    match tool {
        BuiltIn::Signal => Ok(json!({})),
        // A line that carries sound presses them itself; a typed one has nobody to hear them.
        BuiltIn::SendDtmf => key_sounds(request, TYPED_RATE_HZ).map(|_| json!({})),
        BuiltIn::Today => {
            let minutes = field("utc_offset_minutes").and_then(|value| value.as_i64()).unwrap_or(0);
            let minutes = minutes.clamp(-24 * 60, 24 * 60);
            Ok(date(Timestamp::now().as_second() + minutes * 60))
        }
        BuiltIn::Calculate => {
            let expression = match field("expression") {
                Some(Value::String(text)) => text,
                Some(Value::Number(number)) => number.to_string(),
                _ => return Err(ToolFailure::Refused("the body has no `expression`".to_owned())),
            };
            let value = calculate(&expression).map_err(ToolFailure::Refused)?;
            // A whole number is written as one.
            #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
            let number = match value {
                whole if whole.fract() == 0.0 && whole.abs() < 1e15 => json!(whole as i64),
                other => json!(other),
            };
            Ok(json!({"value": number}))
        }
    }
}

/// The sounds of the keys that a request wants pressed.
///
/// # Errors
/// When it names none, or something that is no key.
pub fn key_sounds(request: &ToolRequest, rate_hz: u32) -> Result<Vec<f32>, ToolFailure> {
    let keys = match request.body.as_ref().and_then(|body| body.expose().get("keys").cloned()) {
        Some(Value::String(keys)) if !keys.is_empty() => keys,
        Some(Value::Number(keys)) => keys.to_string(),
        _ => return Err(ToolFailure::Refused("the body has no `keys`".to_owned())),
    };
    dtmf::tones(&keys, rate_hz).map_err(|e| ToolFailure::Refused(e.to_string()))
}

/// A moment as date, weekday and time, from seconds since 1970.
fn date(seconds: i64) -> Value {
    let moment = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::UTC);
    json!({
        "date": moment.date().to_string(),
        "weekday": moment.strftime("%A").to_string(),
        "time": moment.strftime("%H:%M").to_string(),
    })
}

/// The value of an expression of numbers, `+ - * / %` and brackets.
fn calculate(text: &str) -> Result<f64, String> {
    if text.len() > EXPRESSION_BYTES_MAX {
        return Err(format!("the expression is longer than {EXPRESSION_BYTES_MAX} bytes"));
    }
    let mut parser = Parser { rest: text.trim_start(), depth: 0 };
    let value = parser.sum()?;
    if !parser.rest.is_empty() {
        return Err(format!("`{}` does not belong there", parser.rest));
    }
    match value.is_finite() {
        true => Ok(value),
        false => Err("the result is no number".to_owned()),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, signs: &str) -> Option<char> {
        let sign = self.rest.chars().next().filter(|c| signs.contains(*c))?;
        self.rest = self.rest[sign.len_utf8()..].trim_start();
        Some(sign)
    }

    fn sum(&mut self) -> Result<f64, String> {
        let mut value = self.product()?;
        while let Some(sign) = self.take("+-") {
            let right = self.product()?;
            value = if sign == '+' { value + right } else { value - right };
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<f64, String> {
        let mut value = self.factor()?;
        while let Some(sign) = self.take("*/%") {
            let right = self.factor()?;
            value = match sign {
                '*' => value * right,
                '/' => value / right,
                _ => value % right,
            };
        }
        Ok(value)
    }

    fn factor(&mut self) -> Result<f64, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("the brackets are too deep".to_owned());
        }
        let value = if self.take("-").is_some() {
            -self.factor()?
        } else if self.take("(").is_some() {
            let inner = self.sum()?;
            self.take(")").ok_or("a bracket is not closed")?;
            inner
        } else {
            self.number()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn number(&mut self) -> Result<f64, String> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let value = digits.parse().map_err(|_| format!("`{}` is no number", self.rest))?;
        self.rest = rest.trim_start();
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_have_values_or_reasons() {
        for (text, value) in [
            ("1 + 2 * 3", 7.0),
            ("(1+2)*3", 9.0),
            ("-2 - -3", 1.0),
            ("7 % 4 / 2", 1.5),
            (" 3.50 * 2 ", 7.0),
        ] {
            assert_eq!(calculate(text), Ok(value), "{text}");
        }
        for bad in ["", "1 +", "(1", "1)", "1 / 0", "2 ** 3", "x", "1e9", "1..2", "\u{e9}"] {
            assert!(calculate(bad).is_err(), "{bad}");
        }
        assert!(calculate(&"(".repeat(400)).is_err());
        assert!(calculate(&"9".repeat(501)).is_err());
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, wanted) in [
            (0, ("1970-01-01", "Thursday", "00:00")),
            (951_782_400, ("2000-02-29", "Tuesday", "00:00")),
            (1_798_761_599, ("2026-12-31", "Thursday", "23:59")),
            (-1, ("1969-12-31", "Wednesday", "23:59")),
        ] {
            let found = date(seconds);
            let found = ["date", "weekday", "time"].map(|key| found[key].as_str().unwrap_or(""));
            assert_eq!(found, [wanted.0, wanted.1, wanted.2], "{seconds}");
        }
    }
}
