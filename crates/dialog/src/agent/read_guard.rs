//! The `guard` section: what is done about threats, and what no reply may hold.

use super::fields::Reader;
use super::tree::Tree;
use crate::guard::{Guard, GuardAction};

const ACTIONS: [(&str, GuardAction); 4] = [
    ("off", GuardAction::Off),
    ("ignore", GuardAction::Ignore),
    ("steer", GuardAction::Steer),
    ("warn", GuardAction::Warn),
];
/// Most warnings that can be asked for.
const WARNINGS_MAX: u64 = 20;

pub(super) fn read_guard(reader: &mut Reader, tree: &Tree) -> Guard {
    let mut guard = Guard::default();
    let Some(mut fields) = reader.fields(tree, "`guard`") else { return guard };
    macro_rules! actions {
        ($($name:ident),*) => {$(
            let what = concat!("`", stringify!($name), "`");
            if let Some(action) = fields.take(stringify!($name)).and_then(|tree| reader.choice(tree, what, &ACTIONS)) {
                guard.$name = action;
            }
        )*};
    }
    actions!(injection, harm, abuse, self_harm);
    let warnings = fields.take("warnings_max");
    if let Some(most) =
        warnings.and_then(|tree| reader.whole(tree, "`warnings_max`", 0, WARNINGS_MAX))
    {
        guard.warnings_max = u32::try_from(most).unwrap_or(u32::MAX);
    }
    if let Some(tree) = fields.take("never_say") {
        let phrases = reader.texts(tree, "a phrase of `never_say`");
        guard.never_say = phrases.into_iter().map(|(phrase, _)| phrase.to_lowercase()).collect();
    }
    fields.finish(reader);
    guard
}
