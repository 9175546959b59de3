//! The vault in a real PostgreSQL, which the test starts itself.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hearsay_vault::{MasterKey, NewCall, Part, Place, Vault, VaultError};

/// A server on a socket in a folder of its own; ends with the test.
struct Server {
    child: Child,
    folder: PathBuf,
    programs: PathBuf,
}

/// Where the server's programs are: on the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    std::env::split_paths(&path).chain(debian).find(|folder| folder.join("initdb").exists())
}

/// PostgreSQL does not run as root: then its own user runs it.
fn command(program: &Path) -> Command {
    let is_root = Path::new("/proc/self").exists()
        && std::fs::read_to_string("/proc/self/status")
            .is_ok_and(|status| status.contains("\nUid:\t0\t"));
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

impl Server {
    /// `None` where PostgreSQL cannot be run.
    fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = std::env::temp_dir().join(format!("hearsay-pg-{}", std::process::id()));
        let made = command(&programs.join("initdb"))
            .args(["-A", "trust", "-U", "hearsay", "--no-sync", "-E", "UTF8", "-D"])
            .arg(&folder)
            .stdout(Stdio::null())
            .status();
        made.ok().filter(|status| status.success())?;
        let child = Self::run(&programs, &folder)?;
        Some(Self { child, folder, programs })
    }

    fn run(programs: &Path, folder: &Path) -> Option<Child> {
        let mut child = command(&programs.join("postgres"))
            .args(["-c", "listen_addresses=", "-k"])
            .arg(folder)
            .arg("-D")
            .arg(folder)
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        if !log.any(|line| line.contains("ready to accept connections")) {
            let _ = child.wait();
            return None;
        }
        // Whoever writes to a closed pipe is ended: somebody reads on.
        std::thread::spawn(move || log.for_each(drop));
        Some(child)
    }

    /// As when the power fails; then it starts again.
    fn fail_and_return(&mut self) {
        self.end("immediate");
        self.child = Self::run(&self.programs, &self.folder).unwrap();
    }

    fn end(&mut self, how: &str) {
        let control = command(&self.programs.join("pg_ctl"))
            .args(["stop", "-s", "-m", how, "-D"])
            .arg(&self.folder)
            .status();
        drop(control);
        let _ = self.child.wait();
    }

    fn url(&self) -> String {
        format!("host={} user=hearsay dbname=postgres", self.folder.display())
    }

    fn open(&self, key: u8, old: &[u8]) -> Result<Vault, VaultError> {
        let old = old.iter().map(|byte| MasterKey::new([*byte; 32])).collect();
        Vault::open(Place::Postgres(self.url().into()), MasterKey::new([key; 32]), old)
    }

    fn harm(&self, sql: &str) {
        let mut client = postgres::Client::connect(&self.url(), postgres::NoTls).unwrap();
        client.batch_execute(sql).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end("immediate");
        let _ = self.child.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn call<'c>(id: &'c str, recording: Option<&'c [u8]>) -> NewCall<'c> {
    NewCall {
        id,
        started_ms: 1000,
        expires_ms: Some(5000),
        caller: Some("+1 202 555 0101"),
        record: b"the caller said marzipan",
        recording,
    }
}

#[test]
fn calls_are_kept_in_postgresql_by_several_servers() {
    let Some(mut server) = Server::start() else {
        eprintln!("skipped: PostgreSQL cannot be run here (Debian: apt install postgresql)");
        return;
    };
    // Two servers at once, from the making of the tables on.
    std::thread::scope(|scope| {
        for name in ["a", "b"] {
            let server = &server;
            scope.spawn(move || {
                let mut vault = server.open(1, &[]).unwrap();
                for number in 0..10 {
                    vault.keep(&call(&format!("{name}{number}"), None), name, 2000).unwrap();
                }
            });
        }
    });
    let mut vault = server.open(1, &[]).unwrap();
    let sound: Vec<u8> = (0..2_500_000u32).map(|n| n.wrapping_mul(31) as u8).collect();
    vault.keep(&call("sound", Some(&sound)), "server", 2000).unwrap();
    let verified = vault.verify().unwrap();
    assert_eq!((verified.calls, verified.problems), (21, Vec::new()));
    let taken = vault.keep(&call("sound", None), "server", 2000).unwrap_err();
    assert!(taken.to_string().contains("duplicate key"), "{taken}");
    assert_eq!(vault.read("sound", Part::Recording, "ann", 3000).unwrap().unwrap()[..], sound);
    assert_eq!(vault.read("a1", Part::Recording, "ann", 3000).unwrap(), None);

    // A call that is not over goes on in another server.
    vault.save_open("CA1", b"at the greeting", 1000).unwrap();
    vault.save_open("CA1", b"at the question", 2000).unwrap();
    vault.save_open("CA2", b"at the greeting", 1000).unwrap();
    let mut other = server.open(1, &[]).unwrap();
    assert_eq!(other.take_open("CA1", 2000).unwrap().unwrap().as_slice(), b"at the question");
    assert_eq!(vault.take_open("CA1", 0).unwrap(), None);
    other.forget_open("CA1").unwrap();
    assert_eq!(other.expire_open(5000).unwrap(), 1);
    drop(other);

    // What was told to be kept is there after a failure, and the vault connects again.
    server.fail_and_return();
    if vault.keep(&call("after", None), "server", 2000).is_err() {
        // It found the line broken.
        vault.keep(&call("after", None), "server", 2000).unwrap();
    }
    let list = vault.list(100, "ann", 3000).unwrap();
    assert_eq!(list.len(), 22);
    assert_eq!(list.iter().filter(|kept| kept.has_recording).count(), 1);

    // Another master key, then erasure and expiry.
    drop(vault);
    assert!(matches!(server.open(2, &[]), Err(VaultError::UnknownKey { .. })));
    let mut vault = server.open(2, &[1]).unwrap();
    assert_eq!(vault.rotate("ann", 3000).unwrap(), 24);
    drop(vault);
    let mut vault = server.open(2, &[]).unwrap();
    vault.erase("a1", "ann", 3000).unwrap();
    assert!(matches!(vault.peek("a1", Part::Record), Err(VaultError::NoCall(_))));
    assert_eq!(vault.verify().unwrap().problems, [""; 0]);

    // Somebody changes a call, and takes one away.
    server.harm("UPDATE piece SET sealed = sealed || '\\x00' WHERE call = 'a2'");
    server.harm("DELETE FROM piece WHERE call = 'b1'; DELETE FROM call WHERE id = 'b1'");
    let problems = vault.verify().unwrap().problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(matches!(vault.peek("a2", Part::Record), Err(VaultError::Sealed { .. })));
    assert_eq!(vault.expire("server", 5000).unwrap(), 20);
    server.harm("UPDATE vault_version SET version = 99");
    assert!(matches!(server.open(2, &[]), Err(VaultError::Version(99))));
}

#[test]
fn a_server_that_is_not_there_is_named_without_its_password() {
    let nobody = "host=/nowhere user=hearsay password=secret".to_string();
    let error = Vault::open(Place::Postgres(nobody.into()), MasterKey::new([1; 32]), Vec::new());
    let error = error.err().unwrap().to_string();
    assert!(error.contains("connect") && !error.contains("secret"), "{error}");
}
