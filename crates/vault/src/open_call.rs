//! Calls that are not over: how far each has come, so that another process can go on with it when this one dies.
//!
//! One row a call, sealed with a key of its own that only this row has, and written over each time. It is not in the
//! journal and not in what is kept: when the call is over, or nobody has gone on with it in time, its key is destroyed.

use ring::hmac;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::database::{Database, Value};
use crate::seal::{self, bound};
use crate::vault::{Vault, master};

/// Most bytes of one call's state.
pub const STATE_BYTES_MAX: usize = 4 << 20;
/// What the key of an open call is wrapped for.
const OWNER: &str = "open call";

impl Vault {
    /// Writes down how far a call has come, in place of what was written before. `call` is the line's name for it; only
    /// a keyed hash of it is stored.
    ///
    /// # Errors
    /// When the state is too large, or the database fails.
    pub fn save_open(&mut self, call: &str, state: &[u8], now_ms: i64) -> Result<(), VaultError> {
        if state.len() > STATE_BYTES_MAX {
            return Err(VaultError::TooLargeState { bytes: state.len(), most: STATE_BYTES_MAX });
        }
        let name = self.open_name(call);
        let key = seal::new_key()?;
        let wrapped = self.current.wrap(&key, OWNER)?;
        let sealed = seal::seal(&key, &bound(&[&name]), state)?;
        let Self { db, current, .. } = self;
        db.change(|db| {
            destroy(db, "name = ?", Value::Bytes(&name))?;
            db.run(
                "INSERT INTO open_call (name, saved_ms, key_id, wrapped, sealed) VALUES (?, ?, ?, ?, ?)",
                &[
                    Value::Bytes(&name),
                    Value::Whole(now_ms),
                    Value::Text(current.id()),
                    Value::Bytes(&wrapped),
                    Value::Bytes(&sealed),
                ],
            )?;
            Ok(())
        })
    }

    /// How far a call had come, if that was written at `since_ms` or later. It is forgotten here: one process alone goes
    /// on with a call.
    ///
    /// # Errors
    /// When the database fails, or what was written was changed.
    pub fn take_open(
        &mut self,
        call: &str,
        since_ms: i64,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let name = self.open_name(call);
        let Self { db, current, old, .. } = self;
        db.change(|db| {
            let sql =
                "SELECT key_id, wrapped, sealed FROM open_call WHERE name = ? AND saved_ms >= ?";
            let Some(mut row) = db.row(sql, &[Value::Bytes(&name), Value::Whole(since_ms)])? else {
                return Ok(None);
            };
            let key = master(current, old, &row.text(0)?, OWNER)?.unwrap(&row.bytes(1)?, OWNER)?;
            let state = seal::open(&key, &bound(&[&name]), &row.bytes(2)?);
            destroy(db, "name = ?", Value::Bytes(&name))?;
            state.map(Some).ok_or_else(|| VaultError::Sealed { what: OWNER.to_string() })
        })
    }

    /// Forgets how far a call had come: it is over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_open(&mut self, call: &str) -> Result<(), VaultError> {
        let name = self.open_name(call);
        if self.db.change(|db| destroy(db, "name = ?", Value::Bytes(&name)))? > 0 {
            self.db.clean()?;
        }
        Ok(())
    }

    /// Forgets all calls that nobody has gone on with since `before_ms`; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn expire_open(&mut self, before_ms: i64) -> Result<usize, VaultError> {
        let count = self.db.change(|db| destroy(db, "saved_ms < ?", Value::Whole(before_ms)))?;
        if count > 0 {
            self.db.clean()?;
        }
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn open_name(&self, call: &str) -> Vec<u8> {
        hmac::sign(&self.caller_key, &bound(&[OWNER.as_bytes(), call.as_bytes()])).as_ref().to_vec()
    }
}

/// The keys first, then the rows.
fn destroy(db: &mut Database, which: &str, with: Value<'_>) -> Result<u64, VaultError> {
    let zeros = Value::Bytes(&[0; seal::KEY_BYTES]);
    db.run(&format!("UPDATE open_call SET wrapped = ? WHERE {which}"), &[zeros, with])?;
    db.run(&format!("DELETE FROM open_call WHERE {which}"), &[with])
}
