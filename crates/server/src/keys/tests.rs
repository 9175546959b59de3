use super::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ring(rest: &str) -> Known {
    parse(&format!(
        "keys:\n  - {{name: shop, sha256: {}, scopes: [speech]{rest}}}\n",
        hex(&hash(b"secret"))
    ))
    .unwrap()
}

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 5, 1);

fn enter(
    known: &Known,
    key: &[u8],
    scope: Scope,
    bytes: usize,
    now: Instant,
) -> Result<Place, Denied> {
    known.get(&hash(key)).ok_or(Denied::Unknown)?.enter(scope, bytes, TODAY, now)
}

#[test]
fn a_key_opens_its_scopes_until_its_last_day() {
    let now = Instant::now();
    let known = ring("");
    assert!(enter(&known, b"secret", Scope::Speech, 0, now).is_ok());
    assert_eq!(enter(&known, b"secret", Scope::Chat, 0, now).unwrap_err(), Denied::Scope);
    assert_eq!(enter(&known, b"Secret", Scope::Speech, 0, now).unwrap_err(), Denied::Unknown);
    assert!(enter(&ring(", expires: 2026-05-01"), b"secret", Scope::Speech, 0, now).is_ok());
    let late = ring(", expires: 2026-04-30");
    assert_eq!(enter(&late, b"secret", Scope::Speech, 0, now).unwrap_err(), Denied::Unknown);
}

#[test]
fn a_key_has_places_and_rates_of_its_own() {
    let now = Instant::now();
    let known = ring(", calls_max: 2");
    let held: Vec<_> = (0..2).map(|_| enter(&known, b"secret", Scope::Speech, 0, now)).collect();
    assert!(held.iter().all(Result::is_ok));
    assert!(matches!(enter(&known, b"secret", Scope::Speech, 0, now), Err(Denied::TooMuch(_))));
    drop(held);
    assert!(enter(&known, b"secret", Scope::Speech, 0, now).is_ok());

    let known = ring(", requests_per_minute: 6");
    for _ in 0..6 {
        assert!(enter(&known, b"secret", Scope::Speech, 0, now).is_ok());
    }
    let wait = enter(&known, b"secret", Scope::Speech, 0, now).unwrap_err();
    assert_eq!(wait, Denied::TooMuch(Duration::from_secs(10)));
    assert!(enter(&known, b"secret", Scope::Speech, 0, now + Duration::from_secs(10)).is_ok());

    let known = ring(", bytes_per_minute: 1000");
    let place = enter(&known, b"secret", Scope::Speech, 900, now).unwrap();
    assert!(place.spend(now, 50).is_ok() && place.spend(now, 51).is_err());
}

#[test]
fn mistakes_are_named() {
    for (text, part) in [
        ("keys: [{name: a, sha256: 12, scopes: [speech]}]", "hexadecimal"),
        ("keys: [{name: a, sha256: 12, scopes: [speak]}]", "speak"),
        ("keys: [{name: a, key: 12}]", "key"),
        ("key: []", "key"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
    let twice = format!("{{name: a, sha256: {0}, scopes: [chat]}}", hex(&hash(b"x")));
    assert!(parse(&format!("keys: [{twice}, {twice}]")).unwrap_err().contains("twice"));
}

#[test]
fn a_changed_file_is_read_again_and_a_broken_one_changes_nothing() {
    let file = std::env::temp_dir().join(format!("hearsay-keys-{}.yaml", std::process::id()));
    let write = |key: &[u8]| {
        let text = format!("keys: [{{name: a, sha256: {}, scopes: [chat]}}]", hex(&hash(key)));
        std::fs::write(&file, text).unwrap();
    };
    write(b"one");
    let ring = KeyRing::load(&file, Vec::new()).unwrap();
    let good = |key: &[u8]| ring.admit(Some(key), Scope::Chat, 0, TODAY, Instant::now()).is_ok();
    assert!(good(b"one") && !good(b"two"));
    // The clock of a file system may be coarse: forget when it was read.
    let forget = || *ring.read_at.lock().unwrap() = None;
    write(b"two");
    forget();
    ring.refresh();
    assert!(!good(b"one") && good(b"two"));
    // Who has used up a share does not get it back by somebody else's new key.
    let few = |more: &str| {
        let entry = format!(
            "{{name: a, sha256: {}, scopes: [chat], requests_per_minute: 1}}",
            hex(&hash(b"two"))
        );
        std::fs::write(&file, format!("keys: [{entry}{more}]")).unwrap();
        forget();
        ring.refresh();
    };
    few("");
    assert!(good(b"two") && !good(b"two"));
    few(&format!(", {{name: b, sha256: {}, scopes: [chat]}}", hex(&hash(b"three"))));
    assert!(good(b"three") && !good(b"two"));
    write(b"two");
    forget();
    ring.refresh();
    std::fs::write(&file, "keys: [").unwrap();
    forget();
    ring.refresh();
    assert!(good(b"two"));
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_new_key_fits_its_entry() {
    let last = Some(TODAY);
    let (key, entry) = super::new("a \"shop\"", &[Scope::Chat, Scope::Metrics], last).unwrap();
    let known = parse(&format!("keys:\n{entry}\n")).unwrap();
    assert!(enter(&known, key.as_bytes(), Scope::Metrics, 0, Instant::now()).is_ok());
    assert_ne!(key, super::new("b", &[Scope::Chat], None).unwrap().0);
}

#[test]
fn a_key_has_tokens_that_are_counted_when_they_were_used() {
    let now = Instant::now();
    let known = ring(", tokens_per_minute: 600");
    let place = enter(&known, b"secret", Scope::Speech, 0, now).unwrap();
    assert!(place.has_tokens(now).is_ok());
    place.spend_tokens(now, 700);
    let wait = place.has_tokens(now).unwrap_err();
    assert!(wait > Duration::from_secs(10) && wait < Duration::from_secs(11), "{wait:?}");
    assert!(place.has_tokens(now + wait).is_ok());
}
