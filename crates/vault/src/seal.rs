//! AES-256-GCM (NIST SP 800-38D) of one piece: a random 96-bit nonce, the ciphertext, a 128-bit tag.
//!
//! What a piece belongs to is authenticated with it ("additional data"), so that a piece moved elsewhere does
//! not open. A key seals far fewer pieces than the 2^32 for which random nonces are good.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::VaultError;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Several fields as additional data: no two lists of fields give the same bytes.
pub(crate) fn bound(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = b"hearsay vault 1".to_vec();
    for field in fields {
        out.extend((field.len() as u64).to_le_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// Random bytes for a new key.
pub(crate) fn new_key() -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    SystemRandom::new().fill(key.as_mut_slice()).map_err(|_| VaultError::Random)?;
    Ok(key)
}

/// Nonce, ciphertext and tag.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn seal(
    key: &[u8; KEY_BYTES],
    belongs: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).map_err(|_| VaultError::Random)?;
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = cipher(key)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(belongs),
            &mut sealed[NONCE_LEN..],
        )
        .map_err(|_| VaultError::Random)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// What was sealed with this key for the same place; `None` for anything else.
pub(crate) fn open(
    key: &[u8; KEY_BYTES],
    belongs: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut plain = Zeroizing::new(rest.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = cipher(key).ok()?.open_in_place(nonce, Aad::from(belongs), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
}

fn cipher(key: &[u8; KEY_BYTES]) -> Result<LessSafeKey, VaultError> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| VaultError::Key)?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_bit_is_found() {
        let sealed = seal(&[3; 32], b"here", b"four eight two one").unwrap();
        assert_eq!(open(&[3; 32], b"here", &sealed).unwrap().as_slice(), b"four eight two one");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&[3; 32], b"here", &changed).is_none(), "bit {bit}");
        }
        assert!(open(&[3; 32], b"there", &sealed).is_none());
        assert!(open(&[4; 32], b"here", &sealed).is_none());
        assert!(open(&[3; 32], b"here", &sealed[..11]).is_none());
        assert_ne!(sealed, seal(&[3; 32], b"here", b"four eight two one").unwrap());
    }

    /// The 256-bit case 16 of McGrew and Viega's GCM submission, which NIST took over.
    #[test]
    fn opens_the_published_vector() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
                .collect()
        };
        let key: [u8; 32] =
            bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
                .try_into()
                .unwrap();
        let sealed = bytes(concat!(
            "cafebabefacedbaddecaf888",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ));
        let plain =
            open(&key, &bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"), &sealed).unwrap();
        assert_eq!(plain[..8], bytes("d9313225f88406e5"));
        assert_eq!(plain.len(), 60);
    }
}
