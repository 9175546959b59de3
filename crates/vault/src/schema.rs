//! The tables, and how a database is opened so that nothing is lost or left half-written.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::VaultError;
use crate::database::Database;

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
/// Calls that are not over. Newer than the other tables, and without a part in what is kept: no version of its own.
const OPEN_CALLS: &str = "
    CREATE TABLE IF NOT EXISTS open_call (
        name BLOB PRIMARY KEY,
        saved_ms INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        wrapped BLOB NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
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
        }
        VERSION => {}
        other => return Err(VaultError::Version(other)),
    }
    change.execute_batch(OPEN_CALLS)?;
    change.commit()?;
    Ok(db)
}

/// The same tables in PostgreSQL; their version is a row, so that servers that start together make them once.
const POSTGRES_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS vault_version (version BIGINT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, key_id TEXT NOT NULL, wrapped BYTEA NOT NULL);
    CREATE TABLE IF NOT EXISTS call (
        id TEXT PRIMARY KEY,
        started_ms BIGINT NOT NULL,
        expires_ms BIGINT,
        caller BYTEA,
        key_id TEXT NOT NULL,
        wrapped BYTEA NOT NULL
    );
    CREATE INDEX IF NOT EXISTS call_started ON call (started_ms);
    CREATE INDEX IF NOT EXISTS call_caller ON call (caller);
    CREATE TABLE IF NOT EXISTS piece (
        call TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE,
        part TEXT NOT NULL,
        number BIGINT NOT NULL,
        sealed BYTEA NOT NULL,
        PRIMARY KEY (call, part, number)
    );
    CREATE TABLE IF NOT EXISTS journal (
        number BIGINT PRIMARY KEY,
        at_ms BIGINT NOT NULL,
        who TEXT NOT NULL,
        action TEXT NOT NULL,
        call TEXT NOT NULL,
        digest BYTEA NOT NULL,
        chain BYTEA NOT NULL
    );
    CREATE TABLE IF NOT EXISTS open_call (
        name BYTEA PRIMARY KEY,
        saved_ms BIGINT NOT NULL,
        key_id TEXT NOT NULL,
        wrapped BYTEA NOT NULL,
        sealed BYTEA NOT NULL
    );
    INSERT INTO vault_version SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM vault_version);
";

/// Any number, the same for all servers: one of them at a time makes the tables.
const MAKING_TABLES: i64 = 0x0068_6561_7273_6179;

/// Makes the tables in a database of PostgreSQL where they are missing. A commit there is on the disk before it is
/// told (`synchronous_commit`), whatever the server's own setting.
pub(crate) fn prepare_postgres(db: &mut Database) -> Result<(), VaultError> {
    db.batch("SET synchronous_commit = on; SET client_min_messages = warning")?;
    db.batch(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock({MAKING_TABLES}); {POSTGRES_TABLES} COMMIT"
    ))?;
    match db.row("SELECT max(version) FROM vault_version", &[])?.map(|row| row.whole(0)) {
        Some(Ok(VERSION)) => Ok(()),
        Some(Ok(other)) => Err(VaultError::Version(other)),
        _ => Err(VaultError::Column(0)),
    }
}
