//! The journal: what happened to calls, in a chain that shows every later change.
//!
//! Each entry carries an HMAC-SHA256 over itself and the entry before, under a key that is wrapped by the
//! master key. Who has the file alone can neither change an entry nor take one out of the middle. An end that
//! was cut off shows only to someone who noted the last entry's number and chain before, see [`Entry::chain`].

use ring::hmac;

use crate::VaultError;
use crate::database::{Database, Row, Value};
use crate::seal::bound;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A call was kept.
    Kept,
    /// Somebody read a call.
    Read,
    /// The list of calls was read.
    Listed,
    /// A call was erased on request.
    Erased,
    /// A call was erased because its time was over.
    Expired,
    /// The keys were wrapped by another master key.
    Rotated,
}

impl Action {
    const ALL: [(Self, &str); 6] = [
        (Self::Kept, "kept"),
        (Self::Read, "read"),
        (Self::Listed, "listed"),
        (Self::Erased, "erased"),
        (Self::Expired, "expired"),
        (Self::Rotated, "rotated"),
    ];

    /// As it is written in the journal.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(action, _)| *action == self).map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, its)| *its == name).map(|(action, _)| *action)
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place, from 1.
    pub number: i64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// Who did it: a user of the machine, or `server`.
    pub who: String,
    /// What was done.
    pub action: Action,
    /// To which call; empty for all.
    pub call: String,
    /// SHA-256 of the sealed pieces of a kept call; empty otherwise.
    pub digest: Vec<u8>,
    /// HMAC over this entry and the chain before it.
    pub chain: Vec<u8>,
}

/// What is to be written: all of an entry but its place in the chain.
pub(crate) struct Event<'e> {
    pub at_ms: i64,
    pub who: &'e str,
    pub action: Action,
    pub call: &'e str,
    pub digest: &'e [u8],
}

fn link(key: &hmac::Key, before: &[u8], number: i64, event: &Event<'_>) -> hmac::Tag {
    let fields = bound(&[
        b"journal",
        before,
        &number.to_le_bytes(),
        &event.at_ms.to_le_bytes(),
        event.who.as_bytes(),
        event.action.name().as_bytes(),
        event.call.as_bytes(),
        event.digest,
    ]);
    hmac::sign(key, &fields)
}

/// Adds an entry at the end.
pub(crate) fn add(db: &mut Database, key: &hmac::Key, event: &Event<'_>) -> Result<(), VaultError> {
    let last = db.row("SELECT number, chain FROM journal ORDER BY number DESC LIMIT 1", &[])?;
    let (number, before) = match last {
        Some(mut row) => (row.whole(0)?, row.bytes(1)?),
        None => (0, Vec::new()),
    };
    let number = number + 1;
    let chain = link(key, &before, number, event);
    db.run(
        "INSERT INTO journal (number, at_ms, who, action, call, digest, chain) VALUES (?, ?, ?, ?, ?, ?, ?)",
        &[
            Value::Whole(number),
            Value::Whole(event.at_ms),
            Value::Text(event.who),
            Value::Text(event.action.name()),
            Value::Text(event.call),
            Value::Bytes(event.digest),
            Value::Bytes(chain.as_ref()),
        ],
    )?;
    Ok(())
}

/// All entries in order, or the last `most`.
pub(crate) fn entries(db: &mut Database, most: Option<usize>) -> Result<Vec<Entry>, VaultError> {
    let most = most.and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX);
    let rows = db.rows(
        "SELECT number, at_ms, who, action, call, digest, chain FROM journal ORDER BY number DESC LIMIT ?",
        &[Value::Whole(most)],
    )?;
    let entry = |mut row: Row| {
        Ok(Entry {
            number: row.whole(0)?,
            at_ms: row.whole(1)?,
            who: row.text(2)?,
            action: Action::named(&row.text(3)?).ok_or(VaultError::Column(3))?,
            call: row.text(4)?,
            digest: row.bytes(5)?,
            chain: row.bytes(6)?,
        })
    };
    rows.into_iter().rev().map(entry).collect()
}

/// The number of the first entry that does not follow from those before it.
pub(crate) fn first_broken(entries: &[Entry], key: &hmac::Key) -> Option<i64> {
    let mut before: &[u8] = &[];
    for (number, entry) in (1..).zip(entries) {
        let Entry { at_ms, who, action, call, digest, chain, .. } = entry;
        let event = Event { at_ms: *at_ms, who, action: *action, call, digest };
        let good = entry.number == number
            && link(key, before, number, &event).as_ref() == chain.as_slice();
        if !good {
            return Some(number);
        }
        before = chain;
    }
    None
}
