//! Master keys, which wrap the keys of calls.

use ring::digest;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::VaultError;
use crate::seal::{self, KEY_BYTES};

/// Hexadecimal digits of a key's name.
const ID_DIGITS: usize = 16;

/// A key of the user's that wraps data keys (a "key encryption key"). It is wiped when dropped and never prints.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey {
    key: [u8; KEY_BYTES],
    id: String,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

impl MasterKey {
    /// Reads 32 bytes written in hexadecimal or base64 (with or without padding); space around is ignored.
    ///
    /// # Errors
    /// When the text is no such thing.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let bytes =
            Zeroizing::new(from_hex(text).or_else(|| from_base64(text)).ok_or(VaultError::Key)?);
        let key: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| VaultError::Key)?;
        Ok(Self::new(key))
    }

    /// Of these bytes, which must be random.
    pub fn new(key: [u8; KEY_BYTES]) -> Self {
        let mut named = digest::Context::new(&digest::SHA256);
        named.update(b"hearsay master key\0");
        named.update(&key);
        let id = hex(named.finish().as_ref());
        Self { key, id: id[..ID_DIGITS].to_string() }
    }

    /// A name for the key that tells nothing of it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Wraps a data key for the call it belongs to.
    pub(crate) fn wrap(
        &self,
        data_key: &[u8; KEY_BYTES],
        owner: &str,
    ) -> Result<Vec<u8>, VaultError> {
        seal::seal(&self.key, &wrapping(owner), data_key)
    }

    /// The data key that was wrapped for the same owner.
    pub(crate) fn unwrap(
        &self,
        wrapped: &[u8],
        owner: &str,
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
        let opened = seal::open(&self.key, &wrapping(owner), wrapped)
            .ok_or_else(|| VaultError::Sealed { what: format!("the key of {owner}") })?;
        let key: [u8; KEY_BYTES] = opened
            .as_slice()
            .try_into()
            .map_err(|_| VaultError::Sealed { what: format!("the key of {owner}") })?;
        Ok(Zeroizing::new(key))
    }
}

fn wrapping(owner: &str) -> Vec<u8> {
    seal::bound(&[b"key", owner.as_bytes()])
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == 2 * KEY_BYTES)?;
    Some(digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect())
}

/// Standard or URL-safe base64 of exactly a key.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    if bare.len() != (KEY_BYTES * 8).div_ceil(6) {
        return None;
    }
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::with_capacity(KEY_BYTES));
    for c in bare.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_hexadecimal_and_base64() {
        let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let key = MasterKey::parse(&format!(" {hex}\n")).unwrap();
        assert_eq!(key.id(), MasterKey::parse(base64).unwrap().id());
        assert_eq!(key.id(), MasterKey::parse(base64.trim_end_matches('=')).unwrap().id());
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
        for bad in ["", "secret", &hex[1..], &format!("{hex}00"), "é", &base64[4..]] {
            assert!(matches!(MasterKey::parse(bad), Err(VaultError::Key)), "{bad}");
        }
    }

    #[test]
    fn a_wrapped_key_opens_for_its_owner_and_master_alone() {
        let (master, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let wrapped = master.wrap(&[7; 32], "call a").unwrap();
        assert_eq!(*master.unwrap(&wrapped, "call a").unwrap(), [7; 32]);
        assert!(master.unwrap(&wrapped, "call b").is_err());
        assert!(other.unwrap(&wrapped, "call a").is_err());
        assert!(master.unwrap(&wrapped[1..], "call a").is_err());
        assert!(master.unwrap(&[], "call a").is_err());
    }
}
