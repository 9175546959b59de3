//! The database under the vault: SQLite in a file, or PostgreSQL, with the same statements for both.
//!
//! Statements mark their values with `?`. What changes something runs in [`Database::change`], one transaction that
//! no other process writes beside, so that the journal's chain never forks.

use std::path::{Path, PathBuf};

use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};
use zeroize::Zeroizing;

use crate::{VaultError, schema};

/// Where the database is.
#[derive(Clone)]
pub enum Place {
    /// A file of SQLite's, made where it is missing.
    File(PathBuf),
    /// The address of a database of PostgreSQL, such as `postgres://hearsay:password@10.0.0.5/calls`.
    Postgres(Zeroizing<String>),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres(_) => f.write_str("the PostgreSQL database"),
        }
    }
}

/// Without the password.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place({self})")
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_path_buf())
    }
}

/// A value in a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'v> {
    Null,
    Whole(i64),
    Text(&'v str),
    Bytes(&'v [u8]),
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Whole)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Whole(whole) => ValueRef::Integer(*whole),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        to: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Whole(whole) => whole.to_sql(to, out),
            Self::Text(text) => text.to_sql(to, out),
            Self::Bytes(bytes) => bytes.to_sql(to, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What a statement found: one row.
#[derive(Debug)]
pub(crate) struct Row(Vec<Cell>);

#[derive(Debug)]
enum Cell {
    Null,
    Whole(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Row {
    pub(crate) fn whole(&self, column: usize) -> Result<i64, VaultError> {
        self.maybe_whole(column)?.ok_or(VaultError::Column(column))
    }

    pub(crate) fn maybe_whole(&self, column: usize) -> Result<Option<i64>, VaultError> {
        match self.0.get(column) {
            Some(Cell::Whole(whole)) => Ok(Some(*whole)),
            Some(Cell::Null) => Ok(None),
            _ => Err(VaultError::Column(column)),
        }
    }

    pub(crate) fn text(&mut self, column: usize) -> Result<String, VaultError> {
        match self.0.get_mut(column) {
            Some(Cell::Text(text)) => Ok(std::mem::take(text)),
            _ => Err(VaultError::Column(column)),
        }
    }

    pub(crate) fn bytes(&mut self, column: usize) -> Result<Vec<u8>, VaultError> {
        match self.0.get_mut(column) {
            Some(Cell::Bytes(bytes)) => Ok(std::mem::take(bytes)),
            _ => Err(VaultError::Column(column)),
        }
    }
}

/// An open database.
pub(crate) enum Database {
    Sqlite(rusqlite::Connection),
    Postgres { client: Box<postgres::Client>, config: Box<postgres::Config> },
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite",
            Self::Postgres { .. } => "Postgres",
        })
    }
}

impl Database {
    /// Opens a database and makes its tables where they are missing.
    pub(crate) fn open(place: &Place) -> Result<Self, VaultError> {
        match place {
            Place::File(path) => schema::open(path).map(Self::Sqlite),
            Place::Postgres(url) => {
                let config: postgres::Config = url.parse().map_err(VaultError::Postgres)?;
                let client = config.connect(postgres::NoTls).map_err(VaultError::Postgres)?;
                let (client, config) = (Box::new(client), Box::new(config));
                let mut database = Self::Postgres { client, config };
                schema::prepare_postgres(&mut database)?;
                Ok(database)
            }
        }
    }

    /// Runs a statement; gives how many rows it changed.
    pub(crate) fn run(&mut self, sql: &str, with: &[Value<'_>]) -> Result<u64, VaultError> {
        match self {
            Self::Sqlite(db) => {
                let mut statement = db.prepare(sql)?;
                Ok(statement.execute(rusqlite::params_from_iter(with))? as u64)
            }
            Self::Postgres { client, .. } => {
                client.execute(&numbered(sql), &params(with)).map_err(VaultError::Postgres)
            }
        }
    }

    /// Runs statements without values.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), VaultError> {
        match self {
            Self::Sqlite(db) => Ok(db.execute_batch(sql)?),
            Self::Postgres { client, .. } => {
                client.batch_execute(sql).map_err(VaultError::Postgres)
            }
        }
    }

    /// All that a statement finds.
    pub(crate) fn rows(&mut self, sql: &str, with: &[Value<'_>]) -> Result<Vec<Row>, VaultError> {
        match self {
            Self::Sqlite(db) => {
                let mut statement = db.prepare(sql)?;
                let columns = statement.column_count();
                let rows = statement.query_map(rusqlite::params_from_iter(with), |row| {
                    (0..columns).map(|at| row.get_ref(at).map(sqlite_cell)).collect()
                })?;
                Ok(rows.map(|row| row.map(Row)).collect::<Result<_, _>>()?)
            }
            Self::Postgres { client, .. } => {
                let rows = client.query(&numbered(sql), &params(with));
                rows.map_err(VaultError::Postgres)?.iter().map(postgres_row).collect()
            }
        }
    }

    /// The one row that a statement finds, if it finds any.
    pub(crate) fn row(&mut self, sql: &str, with: &[Value<'_>]) -> Result<Option<Row>, VaultError> {
        Ok(self.rows(sql, with)?.into_iter().next())
    }

    /// One transaction: all of it is kept, on the disk, or nothing.
    pub(crate) fn change<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let begin = match self.connected()? {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            // Readers go on, other writers wait.
            Self::Postgres { .. } => "BEGIN; LOCK TABLE journal IN EXCLUSIVE MODE",
        };
        self.batch(begin)?;
        let done = work(self).and_then(|done| self.batch("COMMIT").map(|()| done));
        if done.is_err() {
            // What failed says why; a lost connection has rolled back by itself.
            let _ = self.batch("ROLLBACK");
        }
        done
    }

    /// Removes what is left of what was deleted, where the database can be told to.
    pub(crate) fn clean(&mut self) -> Result<(), VaultError> {
        match self {
            Self::Sqlite(db) => {
                Ok(db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
            }
            Self::Postgres { .. } => self.batch("VACUUM call, piece, open_call"),
        }
    }

    /// Connects again to a server that went away in between.
    pub(crate) fn connected(&mut self) -> Result<&mut Self, VaultError> {
        if let Self::Postgres { client, config } = self
            && client.is_closed()
        {
            **client = config.connect(postgres::NoTls).map_err(VaultError::Postgres)?;
        }
        Ok(self)
    }
}

/// `?` as PostgreSQL has it, `$1` and so on. No statement here has one in a text.
fn numbered(sql: &str) -> String {
    let mut parts = sql.split('?');
    let mut out = parts.next().unwrap_or_default().to_string();
    for (number, part) in (1..).zip(parts) {
        out.push_str(&format!("${number}{part}"));
    }
    out
}

fn params<'p>(with: &'p [Value<'_>]) -> Vec<&'p (dyn ToSql + Sync)> {
    with.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn sqlite_cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null | ValueRef::Real(_) => Cell::Null,
        ValueRef::Integer(whole) => Cell::Whole(whole),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn postgres_row(row: &postgres::Row) -> Result<Row, VaultError> {
    let cell = |at: usize| {
        let kind = row.columns()[at].type_();
        Ok(if *kind == Type::INT4 {
            row.try_get::<_, Option<i32>>(at)?.map_or(Cell::Null, |whole| Cell::Whole(whole.into()))
        } else if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(at)?.map_or(Cell::Null, Cell::Whole)
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(at)?.map_or(Cell::Null, Cell::Bytes)
        } else {
            row.try_get::<_, Option<String>>(at)?.map_or(Cell::Null, Cell::Text)
        })
    };
    let cells = (0..row.len()).map(cell).collect::<Result<_, postgres::Error>>();
    cells.map(Row).map_err(VaultError::Postgres)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_and_passwords_do_not_show() {
        assert_eq!(numbered("a = ? AND b < ?"), "a = $1 AND b < $2");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
        let place = Place::Postgres(Zeroizing::new("postgres://u:secret@h/d".to_string()));
        assert!(!format!("{place} {place:?}").contains("secret"));
    }
}
