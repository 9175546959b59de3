//! Just enough of URLs for signatures. What it is not: a validating URL parser.

/// A URL cut in pieces that, put together again, are the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    /// Without `://`.
    pub scheme: &'a str,
    /// User, host and port.
    pub authority: &'a str,
    /// Path without query, maybe empty.
    pub path: &'a str,
    /// Query without `?`; no fragment.
    pub query: Option<&'a str>,
}

impl<'a> Url<'a> {
    pub fn split(url: &'a str) -> Option<Url<'a>> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (path, _fragment) = path.split_once('#').unwrap_or((path, ""));
        let (path, query) =
            path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        Some(Url { scheme, authority, path, query })
    }

    /// Host (with user) and explicit port.
    fn host_and_port(&self) -> (&'a str, Option<&'a str>) {
        match self.authority.rsplit_once(':') {
            // Inside the brackets of an IPv6 address a colon is no port.
            Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
                (host, Some(port))
            }
            _ => (self.authority, None),
        }
    }

    fn with_authority(&self, authority: &str) -> String {
        let query = self.query.map_or(String::new(), |query| format!("?{query}"));
        format!("{}://{authority}{}{query}", self.scheme, self.path)
    }

    /// The URL without a port and with one (the scheme's own if it named none).
    pub fn port_variants(&self) -> [String; 2] {
        let (host, port) = self.host_and_port();
        let port =
            port.unwrap_or(if matches!(self.scheme, "https" | "wss") { "443" } else { "80" });
        [self.with_authority(host), self.with_authority(&format!("{host}:{port}"))]
    }
}

/// Name-value pairs of a query string, decoded, in order; a name without `=` has an empty value.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Percent-decoding with `+` for a space; a broken escape stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (
            byte,
            escape
                .filter(|hex| !hex.starts_with('+'))
                .and_then(|hex| u8::from_str_radix(hex, 16).ok()),
        ) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let url = Url::split("https://a.example:8443/p/q?x=1&y=2#z").unwrap();
        assert_eq!(
            (url.scheme, url.authority, url.path, url.query),
            ("https", "a.example:8443", "/p/q", Some("x=1&y=2"))
        );
        assert_eq!(Url::split("wss://a.example?x").unwrap().path, "");
        assert_eq!(Url::split("no url"), None);
    }

    #[test]
    fn ports_are_added_and_taken_away() {
        let variants = |url| Url::split(url).unwrap().port_variants();
        assert_eq!(
            variants("https://a.example/p?q"),
            ["https://a.example/p?q", "https://a.example:443/p?q"]
        );
        assert_eq!(
            variants("http://a.example:8080/"),
            ["http://a.example/", "http://a.example:8080/"]
        );
        assert_eq!(variants("wss://[::1]/m"), ["wss://[::1]/m", "wss://[::1]:443/m"]);
    }

    #[test]
    fn queries_are_decoded() {
        let pairs = query_pairs("a=1&b=x+y%21&c&=d&e=%zz&f=%");
        let expected = [("a", "1"), ("b", "x y!"), ("c", ""), ("", "d"), ("e", "%zz"), ("f", "%")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
