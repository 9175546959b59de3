//! The database of calls: keep, list, read, erase, expire, rotate, verify.

use std::collections::HashMap;
use std::path::Path;

use ring::{digest, hmac};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::journal::{self, Action, Entry, Event};
use crate::key::{MasterKey, hex};
use crate::schema;
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

/// An open database of calls. For one thread; several processes may have the same file open.
#[derive(Debug)]
pub struct Vault {
    db: Connection,
    current: MasterKey,
    old: Vec<MasterKey>,
    journal_key: hmac::Key,
    caller_key: hmac::Key,
}

impl Vault {
    /// Opens a database, or makes one. `old` keys open what was kept under them; new calls get `current`.
    ///
    /// # Errors
    /// When the file is no such database, cannot be written, or was kept under other keys.
    pub fn open(path: &Path, current: MasterKey, old: Vec<MasterKey>) -> Result<Self, VaultError> {
        let mut db = schema::open(path)?;
        let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let journal_key = secret(&change, "journal", &current, &old)?;
        let caller_key = secret(&change, "caller", &current, &old)?;
        change.commit()?;
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
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute(
            "INSERT INTO call (id, started_ms, expires_ms, caller, key_id, wrapped) VALUES (?, ?, ?, ?, ?, ?)",
            params![call.id, call.started_ms, call.expires_ms, caller, self.current.id(), wrapped],
        )?;
        for (part, bytes) in parts.iter().filter_map(|(part, bytes)| bytes.map(|b| (*part, b))) {
            write_part(&change, call.id, part, &data_key, bytes)?;
        }
        let digest = pieces_digest(&change, call.id)?;
        let event =
            Event { at_ms: now_ms, who, action: Action::Kept, call: call.id, digest: &digest };
        journal::add(&change, &self.journal_key, &event)?;
        change.commit()?;
        Ok(())
    }

    /// The calls that are kept, the latest first; reading the list is noted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&mut self, most: usize, who: &str, now_ms: i64) -> Result<Vec<Kept>, VaultError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut read = self.db.prepare(
            "SELECT id, started_ms, expires_ms,
                EXISTS (SELECT 1 FROM piece WHERE piece.call = call.id AND part = 'recording')
             FROM call ORDER BY started_ms DESC, id LIMIT ?",
        )?;
        let rows = read.query_map([most], |row| {
            Ok(Kept {
                id: row.get(0)?,
                started_ms: row.get(1)?,
                expires_ms: row.get(2)?,
                has_recording: row.get(3)?,
            })
        })?;
        let calls = rows.collect::<Result<_, _>>()?;
        drop(read);
        self.note(Action::Listed, "", who, now_ms)?;
        Ok(calls)
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
    pub fn peek(&self, id: &str, part: Part) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.opened(id, part, &*self.data_key(id)?)
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
        let ids = ids(&self.db, "SELECT id FROM call WHERE caller = ?", params![hash])?;
        self.forget(&ids, Action::Erased, who, now_ms)
    }

    /// Forgets all calls whose time is over; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn expire(&mut self, who: &str, now_ms: i64) -> Result<usize, VaultError> {
        let ids = ids(&self.db, "SELECT id FROM call WHERE expires_ms <= ?", params![now_ms])?;
        self.forget(&ids, Action::Expired, who, now_ms)
    }

    /// Wraps all keys by the current master key; gives how many were wrapped by another. After this the old
    /// master keys are not needed any more.
    ///
    /// # Errors
    /// When a key was wrapped by a master key that is not given; nothing is changed then.
    pub fn rotate(&mut self, who: &str, now_ms: i64) -> Result<usize, VaultError> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut count = 0;
        for (table, name) in [("call", "id"), ("secret", "name")] {
            let mut read = change.prepare(&format!(
                "SELECT {name}, key_id, wrapped FROM {table} WHERE key_id <> ?"
            ))?;
            let rows = read.query_map([self.current.id()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            let rows: Vec<(String, String, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
            for (id, key_id, wrapped) in rows {
                let owner = if table == "call" { owner(&id) } else { id.clone() };
                let key =
                    master(&self.current, &self.old, &key_id, &id)?.unwrap(&wrapped, &owner)?;
                let wrapped = self.current.wrap(&key, &owner)?;
                change.execute(
                    &format!("UPDATE {table} SET key_id = ?, wrapped = ? WHERE {name} = ?"),
                    params![self.current.id(), wrapped, id],
                )?;
                count += 1;
            }
        }
        let event = Event { at_ms: now_ms, who, action: Action::Rotated, call: "", digest: &[] };
        journal::add(&change, &self.journal_key, &event)?;
        change.commit()?;
        self.checkpoint()?;
        Ok(count)
    }

    /// The last entries of the journal, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn journal(&self, most: usize) -> Result<Vec<Entry>, VaultError> {
        journal::entries(&self.db, Some(most))
    }

    /// Checks the journal's chain, that each kept call is there unchanged, and no other.
    ///
    /// # Errors
    /// When the database fails; what is wrong with calls is told in [`Verified::problems`].
    pub fn verify(&self) -> Result<Verified, VaultError> {
        let entries = journal::entries(&self.db, None)?;
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
        let there = ids(&self.db, "SELECT id FROM call ORDER BY id", params![])?;
        for id in &there {
            match expected.remove(id.as_str()) {
                None => {
                    problems.push(format!("call {id} is not in the journal: it was slipped in"))
                }
                Some(digest) if pieces_digest(&self.db, id)? != digest => {
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
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut count = 0;
        for id in ids {
            // The key first: should anything fail, nothing of this is committed.
            let length: Option<i64> = change
                .query_row("SELECT length(wrapped) FROM call WHERE id = ?", [id], |row| row.get(0))
                .optional()?;
            let Some(length) = length else { continue };
            change.execute(
                "UPDATE call SET wrapped = zeroblob(?) WHERE id = ?",
                params![length, id],
            )?;
            change.execute("DELETE FROM piece WHERE call = ?", [id])?;
            change.execute("DELETE FROM call WHERE id = ?", [id])?;
            journal::add(
                &change,
                &self.journal_key,
                &Event { at_ms: now_ms, who, action, call: id, digest: &[] },
            )?;
            count += 1;
        }
        change.commit()?;
        self.checkpoint()?;
        Ok(count)
    }

    /// Brings the log into the database and empties it: what was deleted is in neither then.
    fn checkpoint(&self) -> Result<(), VaultError> {
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn note(
        &mut self,
        action: Action,
        call: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<(), VaultError> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        journal::add(
            &change,
            &self.journal_key,
            &Event { at_ms: now_ms, who, action, call, digest: &[] },
        )?;
        change.commit()?;
        Ok(())
    }

    fn data_key(&self, id: &str) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
        let row: Option<(String, Vec<u8>)> = self
            .db
            .query_row("SELECT key_id, wrapped FROM call WHERE id = ?", [id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (key_id, wrapped) = row.ok_or_else(|| VaultError::NoCall(id.to_string()))?;
        master(&self.current, &self.old, &key_id, id)?.unwrap(&wrapped, &owner(id))
    }

    fn opened(
        &self,
        id: &str,
        part: Part,
        data_key: &[u8; KEY_BYTES],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let mut read = self
            .db
            .prepare("SELECT sealed FROM piece WHERE call = ? AND part = ? ORDER BY number")?;
        let rows = read.query_map(params![id, part.name()], |row| row.get::<_, Vec<u8>>(0))?;
        let sealed: Vec<Vec<u8>> = rows.collect::<Result<_, _>>()?;
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.iter().map(Vec::len).sum()));
        for (number, piece) in sealed.iter().enumerate() {
            let opened = seal::open(data_key, &place(id, part, number, sealed.len()), piece);
            let opened = opened.ok_or_else(|| VaultError::Sealed {
                what: format!("the {} of call {id}", part.name()),
            })?;
            plain.extend_from_slice(&opened);
        }
        Ok((!sealed.is_empty()).then_some(plain))
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
    db: &Transaction<'_>,
    name: &str,
    current: &MasterKey,
    old: &[MasterKey],
) -> Result<hmac::Key, VaultError> {
    let row: Option<(String, Vec<u8>)> = db
        .query_row("SELECT key_id, wrapped FROM secret WHERE name = ?", [name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let key = match row {
        Some((key_id, wrapped)) => master(current, old, &key_id, &format!("journal key `{name}`"))?
            .unwrap(&wrapped, name)?,
        None => {
            let key = seal::new_key()?;
            let wrapped = current.wrap(&key, name)?;
            db.execute(
                "INSERT INTO secret (name, key_id, wrapped) VALUES (?, ?, ?)",
                params![name, current.id(), wrapped],
            )?;
            key
        }
    };
    Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
}

fn master<'k>(
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
    db: &Transaction<'_>,
    id: &str,
    part: Part,
    data_key: &[u8; KEY_BYTES],
    bytes: &[u8],
) -> Result<(), VaultError> {
    // A part without bytes is one empty piece, so that it is there.
    let pieces: Vec<&[u8]> =
        if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PIECE_BYTES).collect() };
    let mut write =
        db.prepare("INSERT INTO piece (call, part, number, sealed) VALUES (?, ?, ?, ?)")?;
    for (number, piece) in pieces.iter().enumerate() {
        let sealed = seal::seal(data_key, &place(id, part, number, pieces.len()), piece)?;
        write.execute(params![
            id,
            part.name(),
            i64::try_from(number).unwrap_or(i64::MAX),
            sealed
        ])?;
    }
    Ok(())
}

/// SHA-256 of a call's sealed pieces in their order.
fn pieces_digest(db: &Connection, id: &str) -> Result<Vec<u8>, VaultError> {
    let mut read =
        db.prepare("SELECT part, number, sealed FROM piece WHERE call = ? ORDER BY part, number")?;
    let mut rows = read.query([id])?;
    let mut sum = digest::Context::new(&digest::SHA256);
    while let Some(row) = rows.next()? {
        let (part, number, sealed): (String, i64, Vec<u8>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        sum.update(&bound(&[part.as_bytes(), &number.to_le_bytes(), &sealed]));
    }
    Ok(sum.finish().as_ref().to_vec())
}

fn ids(
    db: &Connection,
    sql: &str,
    with: &[&dyn rusqlite::ToSql],
) -> Result<Vec<String>, VaultError> {
    let mut read = db.prepare(sql)?;
    let rows = read.query_map(with, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
