//! Sealing bytes: SM4-CTR, then HMAC-SM3 over all that matters (encrypt then MAC).
//!
//! Sealed bytes are: a format byte, a random nonce of 16 bytes, the ciphertext, a tag of 32 bytes. The tag also covers where the
//! bytes belong, so that two sealed texts cannot change places.

use ctr::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Ctx, Error, Result};
use sm3::{Digest, Sm3};
use sm4::Sm4;
use zeroize::Zeroizing;

/// The first byte of what this version seals.
const FORMAT: u8 = 1;
const NONCE: usize = 16;
const TAG: usize = 32;

/// A secret of 256 bits. Wiped from memory when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Seals `text` under `key` for one place, which [`open`] must name again.
pub(crate) fn seal(ctx: &Ctx, key: &Secret, place: &[&str], text: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = ctx.random_bytes();
    let mut sealed = Vec::with_capacity(1 + NONCE + text.len() + TAG);
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(text);
    crypt(key, &nonce, &mut sealed[1 + NONCE..]);
    let tag = mac(key, place, &sealed).finalize().into_bytes();
    sealed.extend_from_slice(&tag);
    sealed
}

/// Opens what [`seal`] sealed under the same key for the same place.
///
/// # Errors
/// [`Error::Internal`] if a byte of it was altered or it belongs elsewhere.
pub(crate) fn open(key: &Secret, place: &[&str], sealed: &[u8]) -> Result<Vec<u8>> {
    let body = sealed.len().checked_sub(TAG).filter(|body| *body > NONCE && sealed[0] == FORMAT);
    let (body, tag) = sealed.split_at(body.ok_or_else(altered)?);
    // Compares in constant time.
    mac(key, place, body).verify_slice(tag).map_err(|_| altered())?;
    let (nonce, text) = body[1..].split_at(NONCE);
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| altered())?;
    let mut text = text.to_vec();
    crypt(key, &nonce, &mut text);
    Ok(text)
}

/// HMAC-SM3 of length-prefixed parts: no two lists of parts give the same bytes.
pub(crate) fn keyed(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    feed(key, parts).finalize().into_bytes().into()
}

/// SM3 in lower-case hex: what files are named by.
#[must_use]
pub fn sm3_hex(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
        text
    })
}

/// Encrypts or decrypts in place; in counter mode they are the same.
fn crypt(key: &Secret, nonce: &[u8; NONCE], bytes: &mut [u8]) {
    let derived = Zeroizing::new(keyed(key.as_slice(), &[b"yiwang vault encrypt"]));
    let mut half = Zeroizing::new([0; 16]);
    half.copy_from_slice(&derived[..16]);
    ctr::Ctr128BE::<Sm4>::new((&*half).into(), nonce.into()).apply_keystream(bytes);
}

fn mac(key: &Secret, place: &[&str], sealed: &[u8]) -> Hmac<Sm3> {
    let derived = Zeroizing::new(keyed(key.as_slice(), &[b"yiwang vault authenticate"]));
    let mut parts: Vec<&[u8]> = place.iter().map(|part| part.as_bytes()).collect();
    parts.push(sealed);
    feed(derived.as_slice(), &parts)
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn feed(key: &[u8], parts: &[&[u8]]) -> Hmac<Sm3> {
    let mut mac = Hmac::<Sm3>::new_from_slice(key).expect("a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

/// Says nothing of what was sealed.
fn altered() -> Error {
    Error::internal("sealed bytes were altered or belong elsewhere")
}

#[cfg(test)]
mod tests {
    use sm4::cipher::{BlockCipherEncrypt, KeyInit};

    use super::*;
    use crate::tests::ctx;

    fn key(byte: u8) -> Secret {
        Zeroizing::new([byte; 32])
    }

    #[test]
    fn sm3_and_sm4_give_the_published_answers() {
        // The second and third stand in GB/T 32905 annex A, the block in GB/T 32907 annex A; OpenSSL agrees with all.
        let table = [
            ("", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
            ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
            (&"abcd".repeat(16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
            ("message digest", "c522a942e89bd80d97dd666e7a5531b36188c9817149e9b258dfe51ece98ed77"),
        ];
        for (text, digest) in table {
            assert_eq!(sm3_hex(text.as_bytes()), digest, "{text}");
        }
        let mut block = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
        Sm4::new(&block.into()).encrypt_block((&mut block).into());
        assert_eq!(hex(&block), "681edf34d206965e86b3e94f536e4246");
    }

    #[test]
    fn any_altered_byte_is_found() {
        let sealed = seal(&ctx(1), &key(1), &["case:1", "reason"], "缺少房屋证明".as_bytes());
        for index in 0..sealed.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut bad = sealed.clone();
                bad[index] ^= flip;
                assert!(open(&key(1), &["case:1", "reason"], &bad).is_err(), "byte {index} ^ {flip:02x}");
            }
        }
        for length in 0..sealed.len() {
            assert!(open(&key(1), &["case:1", "reason"], &sealed[..length]).is_err(), "cut to {length}");
        }
        assert!(open(&key(1), &["case:1", "reason"], &[&sealed[..], &[0]].concat()).is_err(), "lengthened");
    }

    #[test]
    fn what_belongs_elsewhere_does_not_open() {
        let sealed = seal(&ctx(1), &key(1), &["ab", "c"], b"text");
        for place in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["c", "ab"], &[]] {
            assert!(open(&key(1), place, &sealed).is_err(), "{place:?}");
        }
        assert!(open(&key(2), &["ab", "c"], &sealed).is_err(), "another key");
        assert_eq!(open(&key(1), &["ab", "c"], &sealed).unwrap(), b"text");
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let ctx = ctx(1);
        let [one, two] = [0, 0].map(|_| seal(&ctx, &key(1), &["a"], b"text"));
        assert_ne!(one, two);
    }

    proptest::proptest! {
        #[test]
        fn what_was_sealed_opens(text: Vec<u8>, place: [String; 2], seed: u64) {
            let place = [place[0].as_str(), place[1].as_str()];
            let sealed = seal(&ctx(seed), &key(7), &place, &text);
            proptest::prop_assert_eq!(open(&key(7), &place, &sealed).unwrap(), text);
        }
    }
}
