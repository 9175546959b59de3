//! Strings of digits: phone numbers and codes.

use super::number::{at, cardinal, digit_run};
use crate::itn::phone as plan;
use crate::itn::words::{Context, Run, Written};

/// Three or more digits said one by one, or groups that make the eight to ten digits of a phone
/// number.
pub(super) fn phone(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let plus = usize::from(at(run, 0) == "mas");
    let digits = digit_run(run.from(plus));
    let n = digits.figures.len();
    let fits = match plus {
        1 => (9..=15).contains(&n),
        _ => digits.groups >= 3 && (digits.single || (8..=10).contains(&n)),
    };
    if !fits {
        return None;
    }
    let text = if plus == 1 {
        let (country, local) = digits.figures.split_at(plan::country_digits(&digits.figures));
        format!("+{country}-{}", grouped(local))
    } else {
        grouped(&digits.figures)
    };
    let used = plus + digits.words;
    if at(run, used) == "extension"
        && let Some(extension) = cardinal(run.from(used + 1))
    {
        let text = format!("{text} ext. {}", extension.value);
        return Written::new(used + 1 + extension.words, text);
    }
    Written::new(used, text)
}

/// Figures in the groups of a phone or card number.
fn grouped(figures: &str) -> String {
    let sizes: &[usize] = match figures.len() {
        8 => &[4, 4],
        9 => &[3, 3, 3],
        10 => &[3, 3, 4],
        16 => &[4, 4, 4, 4],
        _ => return figures.into(),
    };
    let mut rest = figures;
    let mut groups = Vec::new();
    for &size in sizes {
        let (group, tail) = rest.split_at(size);
        groups.push(group);
        rest = tail;
    }
    groups.join(if figures.len() == 16 { " " } else { "-" })
}
