use super::*;

/// A database file of its own, taken away when the test is over.
struct Place(std::path::PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let place = Self(
            std::env::temp_dir().join(format!("hearsay-vault-{}-{test}.db", std::process::id())),
        );
        place.remove();
        place
    }

    fn open(&self, key: u8, old: &[u8]) -> Result<Vault, VaultError> {
        let old = old.iter().map(|byte| MasterKey::new([*byte; 32])).collect();
        Vault::open(self.0.as_path(), MasterKey::new([key; 32]), old)
    }

    /// Everything on the disk.
    fn bytes(&self) -> Vec<u8> {
        self.files().iter().filter_map(|file| std::fs::read(file).ok()).flatten().collect()
    }

    fn files(&self) -> [std::path::PathBuf; 3] {
        ["", "-wal", "-shm"].map(|end| format!("{}{end}", self.0.display()).into())
    }

    fn remove(&self) {
        self.files().iter().for_each(|file| drop(std::fs::remove_file(file)));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The file's own connection, for what only somebody else would do to it.
fn sqlite(vault: &Vault) -> &rusqlite::Connection {
    match &vault.db {
        Database::Sqlite(db) => db,
        Database::Postgres { .. } => panic!("the tests keep calls in files"),
    }
}

const RECORD: &[u8] = b"the caller said marzipan";

fn call<'c>(id: &'c str, recording: Option<&'c [u8]>) -> NewCall<'c> {
    NewCall {
        id,
        started_ms: 1000,
        expires_ms: Some(5000),
        caller: Some("+1 202-555-0101"),
        record: RECORD,
        recording,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_call_is_kept_and_read_and_the_disk_tells_nothing() {
    let place = Place::new("kept");
    let sound: Vec<u8> = (0..2_500_000u32).map(|n| (n % 251) as u8).collect();
    {
        let mut vault = place.open(1, &[]).unwrap();
        vault.keep(&call("a", Some(&sound)), "server", 2000).unwrap();
        vault.keep(&call("b", None), "server", 2000).unwrap();
        assert!(vault.keep(&call("b", None), "server", 2000).is_err(), "the name is taken");
    }
    let mut vault = place.open(1, &[]).unwrap();
    let list = vault.list(10, "ann", 2001).unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(
        (list[0].id.as_str(), list[0].has_recording, list[1].has_recording),
        ("a", true, false)
    );
    assert_eq!(vault.read("a", Part::Record, "ann", 2002).unwrap().unwrap().as_slice(), RECORD);
    assert_eq!(*vault.read("a", Part::Recording, "ann", 2003).unwrap().unwrap(), sound);
    assert_eq!(vault.peek("b", Part::Recording).unwrap(), None);
    let actions: Vec<_> = vault.journal(9).unwrap().iter().map(|e| e.action.name()).collect();
    assert_eq!(actions, ["kept", "kept", "listed", "read", "read"]);
    let verified = vault.verify().unwrap();
    assert_eq!((verified.calls, verified.entries, verified.problems.len()), (2, 5, 0));
    let disk = place.bytes();
    assert!(contains(&disk, b"server"), "the journal is readable");
    for secret in [RECORD, b"marzipan", b"2025550101", &sound[..64], &[1; 32]] {
        assert!(!contains(&disk, secret));
    }
}

#[test]
fn another_key_opens_nothing() {
    let place = Place::new("keys");
    place.open(1, &[]).unwrap().keep(&call("a", None), "server", 2000).unwrap();
    assert!(matches!(place.open(2, &[]), Err(VaultError::UnknownKey { .. })));
    let mut vault = place.open(2, &[1]).unwrap();
    assert_eq!(vault.peek("a", Part::Record).unwrap().unwrap().as_slice(), RECORD);
    assert_eq!(vault.rotate("ann", 3000).unwrap(), 3, "the call and the two keys of the database");
    assert_eq!(vault.rotate("ann", 3000).unwrap(), 0);
    drop(vault);
    assert!(place.open(1, &[]).is_err());
    let mut vault = place.open(2, &[]).unwrap();
    assert_eq!(vault.peek("a", Part::Record).unwrap().unwrap().as_slice(), RECORD);
    assert_eq!(vault.verify().unwrap().problems, [""; 0]);
}

#[test]
fn an_erased_call_leaves_neither_key_nor_sealed_bytes() {
    let place = Place::new("erased");
    let mut vault = place.open(1, &[]).unwrap();
    let sound = vec![7; 10_000];
    for id in ["a", "b", "c"] {
        vault.keep(&call(id, Some(&sound)), "server", 2000).unwrap();
    }
    let row =
        |sql: &str| sqlite(&vault).query_row(sql, [], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let wrapped = row("SELECT wrapped FROM call WHERE id = 'a'");
    let sealed = row("SELECT sealed FROM piece WHERE call = 'a' AND part = 'record'");
    vault.db.clean().unwrap();
    let disk = place.bytes();
    assert!(contains(&disk, &wrapped) && contains(&disk, &sealed), "else the test sees nothing");
    vault.erase("a", "ann", 3000).unwrap();
    let disk = place.bytes();
    assert!(!contains(&disk, &wrapped) && !contains(&disk, &sealed));
    assert!(matches!(vault.peek("a", Part::Record), Err(VaultError::NoCall(_))));
    assert!(matches!(vault.erase("a", "ann", 3000), Err(VaultError::NoCall(_))));
    assert_eq!(vault.erase_caller("(202) 555", "ann", 3000).unwrap(), 0);
    assert_eq!(
        vault.erase_caller("+12025550101", "ann", 3000).unwrap(),
        2,
        "however it is written"
    );
    assert_eq!(vault.verify().unwrap().problems, [""; 0]);
}

#[test]
fn calls_expire() {
    let place = Place::new("expired");
    let mut vault = place.open(1, &[]).unwrap();
    vault.keep(&call("a", None), "server", 2000).unwrap();
    vault.keep(&NewCall { expires_ms: None, ..call("b", None) }, "server", 2000).unwrap();
    assert_eq!(vault.expire("server", 4999).unwrap(), 0);
    assert_eq!(vault.expire("server", 5000).unwrap(), 1);
    assert_eq!(vault.list(10, "ann", 5001).unwrap()[0].id, "b");
    assert_eq!(vault.verify().unwrap().problems, [""; 0]);
}

#[test]
fn what_somebody_did_to_the_file_is_found() {
    type Harm = (&'static str, &'static str);
    let harms: [Harm; 7] = [
        ("UPDATE piece SET sealed = zeroblob(99) WHERE call = 'a'", "call a was changed"),
        (
            "DELETE FROM piece WHERE call = 'a'; DELETE FROM call WHERE id = 'a'",
            "call a was taken away",
        ),
        (
            "INSERT INTO call SELECT 'x', 1, 2, NULL, key_id, wrapped FROM call WHERE id = 'a'",
            "call x is not in the journal",
        ),
        (
            "UPDATE call SET wrapped = (SELECT wrapped FROM call WHERE id = 'b') WHERE id = 'a'",
            "cannot be opened",
        ),
        ("UPDATE journal SET who = 'nobody' WHERE number = 1", "entry 1"),
        ("DELETE FROM journal WHERE number = 1", "entry 1"),
        (
            "INSERT INTO journal SELECT 3, 1, 'ann', 'erased', 'a', digest, chain FROM journal WHERE number = 2",
            "entry 3",
        ),
    ];
    for (harm, problem) in harms {
        let place = Place::new("harm");
        let mut vault = place.open(1, &[]).unwrap();
        vault.keep(&call("a", None), "server", 2000).unwrap();
        vault.keep(&call("b", None), "server", 2000).unwrap();
        assert_eq!(vault.verify().unwrap().problems, [""; 0]);
        sqlite(&vault).execute_batch(harm).unwrap();
        let found = vault.verify().unwrap().problems;
        assert!(found.iter().any(|p| p.contains(problem)), "{harm}: {found:?}");
    }
}

#[test]
fn pieces_do_not_change_places() {
    let place = Place::new("places");
    let mut vault = place.open(1, &[]).unwrap();
    let sound = [vec![1; PIECE_BYTES], vec![2; PIECE_BYTES], vec![3; 9]].concat();
    vault.keep(&call("a", Some(&sound)), "server", 2000).unwrap();
    sqlite(&vault).execute("DELETE FROM piece WHERE number = 2", []).unwrap();
    assert!(
        matches!(vault.peek("a", Part::Recording), Err(VaultError::Sealed { .. })),
        "cut short"
    );
    sqlite(&vault)
        .execute_batch(
            "
        UPDATE piece SET number = 9 WHERE number = 0 AND part = 'recording';
        UPDATE piece SET number = 0 WHERE number = 1;
        UPDATE piece SET number = 1 WHERE number = 9;",
        )
        .unwrap();
    assert!(matches!(vault.peek("a", Part::Recording), Err(VaultError::Sealed { .. })));
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let place = Place::new("full");
    let mut vault = place.open(1, &[]).unwrap();
    vault.keep(&call("a", None), "server", 2000).unwrap();
    let pages: i64 =
        sqlite(&vault).pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    sqlite(&vault).pragma_update(None, "max_page_count", pages + 20).unwrap();
    let error = vault.keep(&call("b", Some(&vec![5; 3_000_000])), "server", 2000).unwrap_err();
    assert!(error.to_string().contains("full"), "{error}");
    assert!(matches!(vault.peek("b", Part::Record), Err(VaultError::NoCall(_))));
    vault.keep(&call("c", None), "server", 2000).unwrap();
    let verified = vault.verify().unwrap();
    assert_eq!((verified.calls, verified.problems), (2, Vec::new()));
}

#[test]
fn a_newer_or_foreign_file_is_refused() {
    let place = Place::new("foreign");
    drop(place.open(1, &[]).unwrap());
    let db = rusqlite::Connection::open(&place.0).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    assert!(matches!(place.open(1, &[]), Err(VaultError::Version(99))));
    std::fs::write(&place.0, b"this is no database, it is a letter of some length to somebody")
        .unwrap();
    assert!(matches!(place.open(1, &[]), Err(VaultError::Database(_))));
}

#[test]
fn an_open_call_is_taken_once_and_forgotten() {
    let place = Place::new("open-call");
    let mut vault = place.open(1, &[]).unwrap();
    vault.save_open("CA1", b"at the question for marzipan", 1000).unwrap();
    vault.save_open("CA1", b"at the question for nougat", 2000).unwrap();
    vault.save_open("CA2", b"at the greeting", 2000).unwrap();
    let bytes = place.bytes();
    for part in [b"marzipan".as_slice(), b"nougat", b"CA1"] {
        assert!(!contains(&bytes, part));
    }
    assert!(vault.verify().unwrap().problems.is_empty());
    assert_eq!(vault.take_open("CA3", 0).unwrap(), None);
    assert_eq!(vault.take_open("CA1", 2001).unwrap(), None, "too long ago");
    drop(vault);
    // Another process, which has another master key in the meantime.
    let mut vault = place.open(2, &[1]).unwrap();
    let state = vault.take_open("CA1", 2000).unwrap().unwrap();
    assert_eq!(state.as_slice(), b"at the question for nougat");
    assert_eq!(vault.take_open("CA1", 0).unwrap(), None, "one goes on with it");
    vault.forget_open("CA2").unwrap();
    assert_eq!(vault.take_open("CA2", 0).unwrap(), None);
    vault.save_open("CA4", b"x", 3000).unwrap();
    assert_eq!((vault.expire_open(3000).unwrap(), vault.expire_open(3001).unwrap()), (0, 1));
    let long = vec![0; crate::open_call::STATE_BYTES_MAX + 1];
    assert!(matches!(vault.save_open("CA5", &long, 0), Err(VaultError::TooLargeState { .. })));
    vault.save_open("CA6", b"x", 3000).unwrap();
    sqlite(&vault).execute("UPDATE open_call SET sealed = zeroblob(40)", []).unwrap();
    assert!(matches!(vault.take_open("CA6", 0), Err(VaultError::Sealed { .. })));
}
