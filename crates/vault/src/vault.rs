//! The database of calls: keep, list, read, erase, expire, rotate, verify.

use std::collections::HashMap;

use ring::{digest, hmac};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::database::{Database, Place, Row, Value};
use crate::journal::{self, Action, Entry, Event};
use crate::key::{MasterKey, hex};
use crate::seal::{self, KEY_BYTES, bound};

/// Bytes sealed together; a longer part is cut into pieces, so that none needs to be in memory twice.
const PIECE_BYTES: usize = 1 << 20;

/// What is kept of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What happened, as the user's program writes it.
    Record,
    /// The sound.
    Recording,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Recording => "recording",
        }
    }

    /// Most bytes that are kept of it.
    pub const fn bytes_max(self) -> usize {
        match self {
            Self::Record => 64 << 20,
            Self::Recording => 1 << 30,
        }
    }
}

/// A call to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewCall<'c> {
    /// A name that no other call has. It is not encrypted: put nothing personal into it.
    pub id: &'c str,
    /// When it began, ms since 1970. Not encrypted either.
    pub started_ms: i64,
    /// When it is to be forgotten, ms since 1970; `None` is never.
    pub expires_ms: Option<i64>,
    /// The caller's number or address, to erase all calls of one caller; only a keyed hash is stored.
    pub caller: Option<&'c str>,
    /// What happened.
    pub record: &'c [u8],
    /// The sound, if it was recorded.
    pub recording: Option<&'c [u8]>,
}

/// A call that is kept, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub id: String,
    /// When it began, ms since 1970.
    pub started_ms: i64,
    /// When it is forgotten, ms since 1970.
    pub expires_ms: Option<i64>,
    /// Whether there is sound.
    pub has_recording: bool,
}

/// What a check of the whole database found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Calls that are kept.
    pub calls: usize,
    /// Entries of the journal.
    pub entries: usize,
    /// The chain of the last entry in hexadecimal: noted elsewhere, it shows later that no end was cut off.
    pub chain: String,
    /// What is not as it should be; empty when all is well.
    pub problems: Vec<String>,
}

/// An open database of calls. For one thread; several processes may have the same database open.
#[derive(Debug)]
pub struct Vault {
    pub(crate) db: Database,
    pub(crate) current: MasterKey,
    pub(crate) old: Vec<MasterKey>,
    journal_key: hmac::Key,
    pub(crate) caller_key: hmac::Key,
}

impl Vault {
    /// Opens a database, or makes one. `old` keys open what was kept under them; new calls get `current`.
    ///
    /// # Errors
    /// When the file is no such database, cannot be written, or was kept under other keys.
    pub fn open(
        place: impl Into<Place>,
        current: MasterKey,
        old: Vec<MasterKey>,
    ) -> Result<Self, VaultError> {
        let mut db = Database::open(&place.into())?;
        let (journal_key, caller_key) = db.change(|db| {
            let journal_key = secret(db, "journal", &current, &old)?;
            Ok((journal_key, secret(db, "caller", &current, &old)?))
        })?;
        Ok(Self { db, current, old, journal_key, caller_key })
    }

    /// Keeps a call: all of it, or nothing when this fails. When it returns, the call is on the disk.
    ///
    /// # Errors
    /// When the call is too large, its name is taken, or the disk is full.
    pub fn keep(&mut self, call: &NewCall<'_>, who: &str, now_ms: i64) -> Result<(), VaultError> {
        let parts = [(Part::Record, Some(call.record)), (Part::Recording, call.recording)];
        for (part, bytes) in
            parts.iter().filter_map(|(part, bytes)| bytes.map(|b| (*part, b.len())))
        {
            if bytes > part.bytes_max() {
                return Err(VaultError::TooLarge { part, bytes, most: part.bytes_max() });
            }
        }
        let data_key = seal::new_key()?;
        let wrapped = self.current.wrap(&data_key, &owner(call.id))?;
        let caller = call.caller.map(|caller| self.caller_hash(caller));
        let Self { db, current, journal_key, .. } = self;
        db.change(|db| {
            db.run(
                "INSERT INTO call (id, started_ms, expires_ms, caller, key_id, wrapped) VALUES (?, ?, ?, ?, ?, ?)",
                &[
                    Value::Text(call.id),
                    Value::Whole(call.started_ms),
                    call.expires_ms.into(),
                    caller.as_deref().map_or(Value::Null, Value::Bytes),
                    Value::Text(current.id()),
                    Value::Bytes(&wrapped),
                ],
            )?;
            for (part, bytes) in parts.iter().filter_map(|(part, bytes)| bytes.map(|b| (*part, b))) {
                write_part(db, call.id, part, &data_key, bytes)?;
            }
            let digest = pieces_digest(db, call.id)?;
            let event =
                Event { at_ms: now_ms, who, action: Action::Kept, call: call.id, digest: &digest };
            journal::add(db, journal_key, &event)
        })
    }

    /// The calls that are kept, the latest first; reading the list is noted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&mut self, most: usize, who: &str, now_ms: i64) -> Result<Vec<Kept>, VaultError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.note(Action::Listed, "", who, now_ms)?;
        let rows = self.db.rows(
            "SELECT id, started_ms, expires_ms,
                (SELECT count(*) FROM piece WHERE piece.call = call.id AND part = 'recording')
             FROM call ORDER BY started_ms DESC, id LIMIT ?",
            &[Value::Whole(most)],
        )?;
        let kept = |mut row: Row| {
            Ok(Kept {
                id: row.text(0)?,
                started_ms: row.whole(1)?,
                expires_ms: row.maybe_whole(2)?,
                has_recording: row.whole(3)? > 0,
            })
        };
        rows.into_iter().map(kept).collect()
    }

    /// A part of a call; `None` when it has no such part. The reading is noted before anything is given out.
    ///
    /// # Errors
    /// When there is no such call, its key is not among the given ones, or it was changed.
    pub fn read(
        &mut self,
        id: &str,
        part: Part,
        who: &str,
        now_ms: i64,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let data_key = self.data_key(id)?;
        self.note(Action::Read, id, who, now_ms)?;
        self.opened(id, part, &data_key)
    }

    /// As [`Self::read`], without a note: for programs that list calls and have noted that.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn peek(&mut self, id: &str, part: Part) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let data_key = self.data_key(id)?;
        self.opened(id, part, &data_key)
    }

    /// Forgets a call: its key and all else of it is overwritten.
    ///
    /// # Errors
    /// When there is no such call.
    pub fn erase(&mut self, id: &str, who: &str, now_ms: i64) -> Result<(), VaultError> {
        let erased = self.forget(&[id.to_string()], Action::Erased, who, now_ms)?;
        if erased == 0 { Err(VaultError::NoCall(id.to_string())) } else { Ok(()) }
    }

    /// Forgets all calls of a caller; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn erase_caller(
        &mut self,
        caller: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<usize, VaultError> {
        let hash = self.caller_hash(caller);
        let sql = "SELECT id FROM call WHERE caller = ?";
        let ids = ids(self.db.connected()?, sql, &[Value::Bytes(&hash)])?;
        self.forget(&ids, Action::Erased, who, now_ms)
    }

    /// Forgets all calls whose time is over; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn expire(&mut self, who: &str, now_ms: i64) -> Result<usize, VaultError> {
        let sql = "SELECT id FROM call WHERE expires_ms <= ?";
        let ids = ids(self.db.connected()?, sql, &[Value::Whole(now_ms)])?;
        self.forget(&ids, Action::Expired, who, now_ms)
    }

    /// Wraps all keys by the current master key; gives how many were wrapped by another. After this the old
    /// master keys are not needed any more.
    ///
    /// # Errors
    /// When a key was wrapped by a master key that is not given; nothing is changed then.
    pub fn rotate(&mut self, who: &str, now_ms: i64) -> Result<usize, VaultError> {
        let Self { db, current, old, journal_key, .. } = self;
        let count = db.change(|db| {
            let mut count = 0;
            for (table, name) in [("call", "id"), ("secret", "name")] {
                let sql = format!("SELECT {name}, key_id, wrapped FROM {table} WHERE key_id <> ?");
                for mut row in db.rows(&sql, &[Value::Text(current.id())])? {
                    let (id, key_id, wrapped) = (row.text(0)?, row.text(1)?, row.bytes(2)?);
                    let owner = if table == "call" { owner(&id) } else { id.clone() };
                    let key = master(current, old, &key_id, &id)?.unwrap(&wrapped, &owner)?;
                    let wrapped = current.wrap(&key, &owner)?;
                    db.run(
                        &format!("UPDATE {table} SET key_id = ?, wrapped = ? WHERE {name} = ?"),
                        &[Value::Text(current.id()), Value::Bytes(&wrapped), Value::Text(&id)],
                    )?;
                    count += 1;
                }
            }
            let event =
                Event { at_ms: now_ms, who, action: Action::Rotated, call: "", digest: &[] };
            journal::add(db, journal_key, &event)?;
            Ok(count)
        })?;
        self.db.clean()?;
        Ok(count)
    }

    /// The last entries of the journal, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn journal(&mut self, most: usize) -> Result<Vec<Entry>, VaultError> {
        journal::entries(self.db.connected()?, Some(most))
    }

    /// Checks the journal's chain, that each kept call is there unchanged, and no other.
    ///
    /// # Errors
    /// When the database fails; what is wrong with calls is told in [`Verified::problems`].
    pub fn verify(&mut self) -> Result<Verified, VaultError> {
        let entries = journal::entries(self.db.connected()?, None)?;
        let mut problems = Vec::new();
        if let Some(number) = journal::first_broken(&entries, &self.journal_key) {
            problems.push(format!("the journal was changed at entry {number} or before"));
        }
        let mut expected: HashMap<&str, &[u8]> = HashMap::new();
        for entry in &entries {
            match entry.action {
                Action::Kept => {
                    expected.insert(&entry.call, &entry.digest);
                }
                Action::Erased | Action::Expired => {
                    expected.remove(entry.call.as_str());
                }
                Action::Read | Action::Listed | Action::Rotated => {}
            }
        }
        let there = ids(&mut self.db, "SELECT id FROM call ORDER BY id", &[])?;
        for id in &there {
            match expected.remove(id.as_str()) {
                None => {
                    problems.push(format!("call {id} is not in the journal: it was slipped in"))
                }
                Some(digest) if pieces_digest(&mut self.db, id)? != digest => {
                    problems.push(format!("call {id} was changed"));
                }
                Some(_) => problems.extend(self.data_key(id).err().map(|e| e.to_string())),
            }
        }
        problems.extend(
            expected.keys().map(|id| format!("call {id} was taken away without an erasure")),
        );
        problems.sort();
        let chain = entries.last().map(|entry| hex(&entry.chain)).unwrap_or_default();
        Ok(Verified { calls: there.len(), entries: entries.len(), chain, problems })
    }

    fn forget(
        &mut self,
        ids: &[String],
        action: Action,
        who: &str,
        now_ms: i64,
    ) -> Result<usize, VaultError> {
        if ids.is_empty() {
            return Ok(0);
        }
        let Self { db, journal_key, .. } = self;
        let count = db.change(|db| {
            let mut count = 0;
            for id in ids {
                // The key first: should anything fail, nothing of this is committed.
                let sql = "SELECT wrapped FROM call WHERE id = ?";
                let Some(mut row) = db.row(sql, &[Value::Text(id)])? else { continue };
                let zeros = vec![0; row.bytes(0)?.len()];
                db.run(
                    "UPDATE call SET wrapped = ? WHERE id = ?",
                    &[Value::Bytes(&zeros), Value::Text(id)],
                )?;
                db.run("DELETE FROM piece WHERE call = ?", &[Value::Text(id)])?;
                db.run("DELETE FROM call WHERE id = ?", &[Value::Text(id)])?;
                let event = Event { at_ms: now_ms, who, action, call: id, digest: &[] };
                journal::add(db, journal_key, &event)?;
                count += 1;
            }
            Ok(count)
        })?;
        // What was deleted is in neither the database nor its log then.
        self.db.clean()?;
        Ok(count)
    }

    fn note(
        &mut self,
        action: Action,
        call: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<(), VaultError> {
        let Self { db, journal_key, .. } = self;
        let event = Event { at_ms: now_ms, who, action, call, digest: &[] };
        db.change(|db| journal::add(db, journal_key, &event))
    }

    fn data_key(&mut self, id: &str) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
        let sql = "SELECT key_id, wrapped FROM call WHERE id = ?";
        let row = self.db.connected()?.row(sql, &[Value::Text(id)])?;
        let mut row = row.ok_or_else(|| VaultError::NoCall(id.to_string()))?;
        let (key_id, wrapped) = (row.text(0)?, row.bytes(1)?);
        master(&self.current, &self.old, &key_id, id)?.unwrap(&wrapped, &owner(id))
    }

    fn opened(
        &mut self,
        id: &str,
        part: Part,
        data_key: &[u8; KEY_BYTES],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let sql = "SELECT count(*) FROM piece WHERE call = ? AND part = ?";
        let count = self.db.row(sql, &[Value::Text(id), Value::Text(part.name())])?;
        let count = count.map_or(Ok(0), |row| row.whole(0))?;
        let mut plain = Zeroizing::new(Vec::new());
        for number in 0..usize::try_from(count).unwrap_or(0) {
            let broken =
                || VaultError::Sealed { what: format!("the {} of call {id}", part.name()) };
            let sealed =
                sealed(&mut self.db, id, part.name(), number as i64)?.ok_or_else(broken)?;
            let place = place(id, part, number, count as usize);
            plain.extend_from_slice(&seal::open(data_key, &place, &sealed).ok_or_else(broken)?);
        }
        Ok((count > 0).then_some(plain))
    }

    /// The same for the same number however it is written.
    fn caller_hash(&self, caller: &str) -> Vec<u8> {
        let plain: String = caller
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.'))
            .collect();
        hmac::sign(&self.caller_key, plain.to_lowercase().as_bytes()).as_ref().to_vec()
    }
}

/// A random key of the database's own, wrapped by a master key; made when it is missing.
fn secret(
    db: &mut Database,
    name: &str,
    current: &MasterKey,
    old: &[MasterKey],
) -> Result<hmac::Key, VaultError> {
    let sql = "SELECT key_id, wrapped FROM secret WHERE name = ?";
    let key = match db.row(sql, &[Value::Text(name)])? {
        Some(mut row) => {
            let key = master(current, old, &row.text(0)?, &format!("journal key `{name}`"))?;
            key.unwrap(&row.bytes(1)?, name)?
        }
        None => {
            let key = seal::new_key()?;
            let wrapped = current.wrap(&key, name)?;
            db.run(
                "INSERT INTO secret (name, key_id, wrapped) VALUES (?, ?, ?)",
                &[Value::Text(name), Value::Text(current.id()), Value::Bytes(&wrapped)],
            )?;
            key
        }
    };
    Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
}

pub(crate) fn master<'k>(
    current: &'k MasterKey,
    old: &'k [MasterKey],
    key_id: &str,
    call: &str,
) -> Result<&'k MasterKey, VaultError> {
    let found = std::iter::once(current).chain(old).find(|key| key.id() == key_id);
    found.ok_or_else(|| VaultError::UnknownKey {
        call: call.to_string(),
        key_id: key_id.to_string(),
    })
}

/// What a call's key is bound to.
fn owner(id: &str) -> String {
    format!("call {id}")
}

/// What a piece is bound to: a piece of another call, another place or another length of the whole does not open.
fn place(id: &str, part: Part, number: usize, of: usize) -> Vec<u8> {
    bound(&[
        id.as_bytes(),
        part.name().as_bytes(),
        &(number as u64).to_le_bytes(),
        &(of as u64).to_le_bytes(),
    ])
}

fn write_part(
    db: &mut Database,
    id: &str,
    part: Part,
    data_key: &[u8; KEY_BYTES],
    bytes: &[u8],
) -> Result<(), VaultError> {
    // A part without bytes is one empty piece, so that it is there.
    let pieces: Vec<&[u8]> =
        if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PIECE_BYTES).collect() };
    for (number, piece) in pieces.iter().enumerate() {
        let sealed = seal::seal(data_key, &place(id, part, number, pieces.len()), piece)?;
        db.run(
            "INSERT INTO piece (call, part, number, sealed) VALUES (?, ?, ?, ?)",
            &[
                Value::Text(id),
                Value::Text(part.name()),
                Value::Whole(number as i64),
                Value::Bytes(&sealed),
            ],
        )?;
    }
    Ok(())
}

/// One sealed piece.
fn sealed(
    db: &mut Database,
    id: &str,
    part: &str,
    number: i64,
) -> Result<Option<Vec<u8>>, VaultError> {
    let sql = "SELECT sealed FROM piece WHERE call = ? AND part = ? AND number = ?";
    let row = db.row(sql, &[Value::Text(id), Value::Text(part), Value::Whole(number)])?;
    row.map(|mut row| row.bytes(0)).transpose()
}

/// SHA-256 of a call's sealed pieces in their order; one piece at a time is in memory.
fn pieces_digest(db: &mut Database, id: &str) -> Result<Vec<u8>, VaultError> {
    let sql = "SELECT part, number FROM piece WHERE call = ? ORDER BY part, number";
    let mut sum = digest::Context::new(&digest::SHA256);
    for mut row in db.rows(sql, &[Value::Text(id)])? {
        let (part, number) = (row.text(0)?, row.whole(1)?);
        let sealed = sealed(db, id, &part, number)?.unwrap_or_default();
        sum.update(&bound(&[part.as_bytes(), &number.to_le_bytes(), &sealed]));
    }
    Ok(sum.finish().as_ref().to_vec())
}

fn ids(db: &mut Database, sql: &str, with: &[Value<'_>]) -> Result<Vec<String>, VaultError> {
    db.rows(sql, with)?.into_iter().map(|mut row| row.text(0)).collect()
}

#[cfg(test)]
mod tests;
