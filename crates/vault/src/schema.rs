//! The tables, and how a database is opened so that nothing is lost or left half-written.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::VaultError;

/// Version of the tables, in the database's `user_version`.
pub(crate) const VERSION: i64 = 1;
/// A writer waits this long for another.
const BUSY: Duration = Duration::from_secs(10);

const TABLES: &str = "
    CREATE TABLE secret (name TEXT PRIMARY KEY, key_id TEXT NOT NULL, wrapped BLOB NOT NULL) STRICT;
    CREATE TABLE call (
        id TEXT PRIMARY KEY,
        started_ms INTEGER NOT NULL,
        expires_ms INTEGER,
        caller BLOB,
        key_id TEXT NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT;
    CREATE INDEX call_started ON call (started_ms);
    CREATE INDEX call_caller ON call (caller);
    CREATE TABLE piece (
        call TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE,
        part TEXT NOT NULL,
        number INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (call, part, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE journal (
        number INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        action TEXT NOT NULL,
        call TEXT NOT NULL,
        digest BLOB NOT NULL,
        chain BLOB NOT NULL
    ) STRICT;
";

/// Opens a database and makes its tables where they are missing.
///
/// A commit is on the disk before it is told (`synchronous = FULL`); what is deleted is overwritten with zeros
/// (`secure_delete`), so that a destroyed key is gone from the file.
pub(crate) fn open(path: &Path) -> Result<Connection, VaultError> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "secure_delete", "ON")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    let change = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = change.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => {
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "user_version", VERSION)?;
            change.commit()?;
        }
        VERSION => change.commit()?,
        other => return Err(VaultError::Version(other)),
    }
    Ok(db)
}
