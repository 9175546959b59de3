//! The processor time that this program has used, where the system tells.

/// Ticks of `/proc` a second: fixed at 100 for programs on Linux.
const TICKS_PER_S: f64 = 100.0;

/// Seconds of processor time of all threads so far; `None` where `/proc` is
/// missing.
pub fn used_s() -> Option<f64> {
    parse(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// User and system time are the fields 14 and 15; the name in field 2 may hold
/// spaces, so they are counted from its closing parenthesis.
fn parse(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / TICKS_PER_S)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_may_hold_anything() {
        let stat = "77 (a b) c) R 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert_eq!(super::parse(stat), Some(3.0));
        assert_eq!(super::parse("77 (x) R 1 2"), None);
    }
}
