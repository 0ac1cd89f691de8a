//! The site's master keys, their file, and the data keys they wrap.

use std::fmt;

use kernel::{Ctx, Error, Result};
use zeroize::Zeroizing;

use crate::cipher::{self, Secret};

/// The first line of a key file that this version writes and reads.
const TITLE: &str = "yiwang-master-keys 1";
/// Said above the keys, for whoever opens the file.
const NOTE: &str = "# 一网平台主密钥。丢失则密封内容无法恢复；泄露则密封内容失去保护。请与数据分开备份，勿编辑。";

/// The site's master keys: the wrapping keys by epoch, newest last, and the key of digests. They lie in the key folder and never
/// in the database; their backup is kept apart from that of the data. Wiped from memory when dropped, never printed.
#[derive(Clone)]
pub struct MasterKeys {
    /// Never empty; epochs from 1, rising.
    wrapping: Vec<(i64, Secret)>,
    /// The wrapping key of the next epoch, made known to every node before any of them uses it.
    next: Option<(i64, Secret)>,
    digest: Secret,
}

impl MasterKeys {
    /// New keys.
    #[must_use]
    pub fn generate(ctx: &Ctx) -> Self {
        Self { wrapping: vec![(1, secret(ctx))], next: None, digest: secret(ctx) }
    }

    /// Reads the text of the key file.
    ///
    /// # Errors
    /// [`Error::Invalid`], in Chinese, if it is no key file or was damaged; never with a key in the message.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        if lines.next() != Some(TITLE) {
            return Err(wrong(&format!("首行应为「{TITLE}」")));
        }
        let (mut wrapping, mut next, mut digest, mut check) = (Vec::<(i64, Secret)>::new(), None, None, None);
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [kind @ ("wrap" | "next"), epoch, key] if digest.is_none() && next.is_none() => {
                    let epoch = epoch.parse().map_err(|_| wrong("包裹密钥的批次不是数字"))?;
                    if wrapping.last().map_or(0, |(last, _)| *last) >= epoch {
                        return Err(wrong("包裹密钥的批次没有依次增大"));
                    }
                    match kind {
                        "next" => next = Some((epoch, unhex(key)?)),
                        _ => wrapping.push((epoch, unhex(key)?)),
                    }
                }
                ["digest", key] if digest.is_none() => digest = Some(unhex(key)?),
                ["check", told] if check.is_none() => check = Some(told),
                _ => return Err(wrong("有不认识或重复的行")),
            }
        }
        let digest = digest.filter(|_| !wrapping.is_empty()).ok_or_else(|| wrong("缺少密钥"))?;
        let keys = Self { wrapping, next, digest };
        if check != Some(keys.check().as_str()) {
            return Err(wrong("校验码不符，内容缺损或被改动"));
        }
        Ok(keys)
    }

    /// The text of the key file; secret.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{NOTE}\n{TITLE}\n{}check {}\n", self.lines().as_str(), self.check())
    }

    /// The same with the wrapping key of the next epoch made ready: what others wrap under it can be read, and nothing is wrapped
    /// under it here yet. For sites of several nodes: all know it before one uses it. The one that is ready already stays.
    #[must_use]
    pub fn prepared(&self, ctx: &Ctx) -> Self {
        let next = self.next.clone().unwrap_or_else(|| (self.epoch() + 1, secret(ctx)));
        Self { next: Some(next), ..self.clone() }
    }

    /// The same with the next wrapping key in use, the prepared one or a new one, for rotation. What was wrapped before stays
    /// readable; [`Vault::rewrapping`](crate::Vault::rewrapping) then brings it under the new one.
    #[must_use]
    pub fn rotated(&self, ctx: &Ctx) -> Self {
        let Self { mut wrapping, next, digest } = self.prepared(ctx);
        wrapping.extend(next);
        Self { wrapping, next: None, digest }
    }

    /// The same without any wrapping key but the newest (and a prepared one), once
    /// [`Vault::rewrapping`](crate::Vault::rewrapping) has found nothing more to do.
    #[must_use]
    pub fn without_old(&self) -> Self {
        let newest = self.newest().clone();
        Self { wrapping: vec![newest], ..self.clone() }
    }

    /// Whether these are keys of the same site: rotation keeps the key of digests.
    #[must_use]
    pub fn same_site(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// The epochs of the wrapping keys that are in use or still needed, oldest first.
    #[must_use]
    pub fn epochs(&self) -> Vec<i64> {
        self.wrapping.iter().map(|it| it.0).collect()
    }

    /// The epoch of the prepared key, if one is ready.
    #[must_use]
    pub fn prepared_epoch(&self) -> Option<i64> {
        self.next.as_ref().map(|it| it.0)
    }

    /// The epoch under which keys are wrapped now, from 1.
    #[must_use]
    pub fn epoch(&self) -> i64 {
        self.newest().0
    }

    /// Whether data keys of this epoch can be unwrapped here; those of epoch 0 are destroyed and need no key.
    pub(crate) fn knows(&self, epoch: i64) -> bool {
        epoch == 0 || self.wrapping.iter().chain(&self.next).any(|it| it.0 == epoch)
    }

    pub(crate) fn newest(&self) -> &(i64, Secret) {
        &self.wrapping[self.wrapping.len() - 1]
    }

    /// The holder's data key under the newest epoch.
    pub(crate) fn wrap(&self, ctx: &Ctx, holder: &str, key: &DataKey) -> Vec<u8> {
        let (epoch, wrapping) = self.newest();
        cipher::seal(ctx, wrapping, &["key", holder, &epoch.to_string()], key.0.as_slice())
    }

    /// # Errors
    /// [`Error::NotFound`] if the key was destroyed; [`Error::Internal`] if it was altered or no master key of its epoch is here.
    pub(crate) fn unwrap(&self, holder: &str, epoch: i64, wrapped: &[u8]) -> Result<DataKey> {
        if epoch == 0 {
            return Err(Error::NotFound { what: "内容（已依法删除）" });
        }
        let Some((_, wrapping)) = self.wrapping.iter().chain(&self.next).find(|(it, _)| *it == epoch) else {
            return Err(Error::internal(format!("the key file has no wrapping key of epoch {epoch}")));
        };
        let key = Zeroizing::new(cipher::open(wrapping, &["key", holder, &epoch.to_string()], wrapped)?);
        let mut secret = Zeroizing::new([0; 32]);
        if key.len() != secret.len() {
            return Err(Error::internal("a data key of another length"));
        }
        secret.copy_from_slice(&key);
        Ok(DataKey(secret))
    }

    pub(crate) fn digest(&self, purpose: &str, text: &str) -> String {
        cipher::hex(&cipher::keyed(self.digest.as_slice(), &[purpose.as_bytes(), text.as_bytes()]))
    }

    fn lines(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity((self.wrapping.len() + 2) * 96));
        let kinds = self.wrapping.iter().map(|it| ("wrap", it)).chain(self.next.iter().map(|it| ("next", it)));
        for (kind, (epoch, key)) in kinds {
            text.push_str(&format!("{kind} {epoch} {}\n", Zeroizing::new(cipher::hex(key.as_slice())).as_str()));
        }
        text.push_str(&format!("digest {}\n", Zeroizing::new(cipher::hex(self.digest.as_slice())).as_str()));
        text
    }

    /// Finds a damaged file; says nothing of the keys, which no digest of them gives back.
    fn check(&self) -> String {
        cipher::sm3_hex(self.lines().as_bytes())[..16].to_owned()
    }
}

/// Tells the epochs, no key.
impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epochs: Vec<_> = self.wrapping.iter().map(|(epoch, _)| epoch).collect();
        write!(f, "MasterKeys(epochs {epochs:?})")
    }
}

/// A holder's data key, unwrapped. Wiped from memory when dropped; never printed.
#[derive(Clone)]
pub struct DataKey(pub(crate) Secret);

impl DataKey {
    pub(crate) fn generate(ctx: &Ctx) -> Self {
        Self(secret(ctx))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

fn secret(ctx: &Ctx) -> Secret {
    Zeroizing::new(ctx.random_bytes())
}

fn unhex(text: &str) -> Result<Secret> {
    let mut key = Zeroizing::new([0; 32]);
    let well_formed = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    for (index, byte) in key.iter_mut().enumerate().filter(|_| well_formed) {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| wrong("密钥不是十六进制"))?;
    }
    if well_formed { Ok(key) } else { Err(wrong("密钥应为 64 位小写十六进制")) }
}

fn wrong(why: &str) -> Error {
    Error::invalid("keys", format!("这不是可用的主密钥文件：{why}。请换用本站点的密钥文件或其备份。"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::ctx;

    #[test]
    fn a_damaged_key_file_is_refused_in_chinese_and_tells_no_key() {
        let keys = MasterKeys::generate(&ctx(1)).rotated(&ctx(2)).prepared(&ctx(3));
        let good = keys.to_text();
        let mut bad = vec![String::new(), "hello".into(), TITLE.into(), good.replace("digest", "digits")];
        bad.push(good.replace("wrap 2", "wrap 1"));
        bad.push(good.replace("wrap 1", "wrap x"));
        bad.push(good.replace("keys 1", "keys 2"));
        bad.push(good.lines().filter(|line| !line.starts_with("check")).collect::<Vec<_>>().join("\n"));
        bad.push(good.lines().filter(|line| !line.starts_with("wrap 2")).collect::<Vec<_>>().join("\n"));
        let start = good.find("wrap 1").unwrap();
        for index in start..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[index] ^= 1;
            bad.extend(String::from_utf8(bytes).ok().filter(|text| !same(text, &good)));
        }
        for text in bad {
            let error = MasterKeys::from_text(&text).map(|_| ()).unwrap_err();
            assert!(error.message().starts_with("这不是可用的主密钥文件："), "{error:?}");
            for line in good.lines().filter(|line| line.starts_with("wrap") || line.starts_with("digest")) {
                assert!(!error.message().contains(line.split(' ').next_back().unwrap()));
            }
        }
    }

    /// Spaces between words and the last line end carry no meaning.
    fn same(one: &str, two: &str) -> bool {
        one.split_whitespace().eq(two.split_whitespace())
    }

    #[test]
    fn a_key_file_is_read_as_it_was_written() {
        let keys = MasterKeys::generate(&ctx(1)).rotated(&ctx(2));
        for keys in [keys.clone(), keys.prepared(&ctx(3))] {
            assert_eq!(MasterKeys::from_text(&keys.to_text()).unwrap().to_text(), keys.to_text());
        }
        assert_eq!(keys.epoch(), 2);
        assert_eq!(keys.without_old().epoch(), 2);
    }

    #[test]
    fn keys_are_never_printed() {
        let keys = MasterKeys::generate(&ctx(1));
        assert_eq!(format!("{keys:?}"), "MasterKeys(epochs [1])");
        assert_eq!(format!("{:?}", DataKey::generate(&ctx(1))), "DataKey(…)");
    }

    #[test]
    fn a_prepared_key_opens_what_others_wrap_and_wraps_nothing_until_it_is_used() {
        let (ctx, old) = (ctx(1), MasterKeys::generate(&ctx(1)));
        let ready = old.prepared(&ctx);
        assert_eq!((ready.epoch(), ready.prepared_epoch(), ready.epochs()), (1, Some(2), vec![1]));
        assert_eq!(ready.prepared(&ctx).to_text(), ready.to_text(), "made ready once");
        let used = ready.rotated(&ctx);
        assert_eq!((used.epoch(), used.prepared_epoch(), used.epochs()), (2, None, vec![1, 2]));
        let key = DataKey::generate(&ctx);
        let wrapped = used.wrap(&ctx, "case:1", &key);
        assert_eq!(ready.unwrap("case:1", 2, &wrapped).unwrap().0, key.0);
        assert!(old.unwrap("case:1", 2, &wrapped).is_err());
        assert!(used.same_site(&old) && !old.same_site(&MasterKeys::generate(&ctx)));
    }

    #[test]
    fn digests_differ_by_purpose_and_by_site() {
        let (one, two) = (MasterKeys::generate(&ctx(1)), MasterKeys::generate(&ctx(2)));
        assert_eq!(one.digest("citizen", "11"), one.rotated(&ctx(3)).digest("citizen", "11"), "rotation keeps look-up");
        assert_ne!(one.digest("citizen", "11"), one.digest("phone", "11"));
        assert_ne!(one.digest("citizen", "11"), one.digest("citizen1", "1"));
        assert_ne!(one.digest("citizen", "11"), two.digest("citizen", "11"));
        assert_eq!(one.digest("citizen", "11").len(), 64);
    }

    #[test]
    fn a_wrapped_key_opens_only_for_its_holder_and_unaltered() {
        let (ctx, keys) = (ctx(1), MasterKeys::generate(&ctx(1)));
        let key = DataKey::generate(&ctx);
        let wrapped = keys.wrap(&ctx, "case:1", &key);
        assert!(keys.unwrap("case:2", 1, &wrapped).is_err());
        assert!(keys.unwrap("case:1", 2, &wrapped).is_err(), "no such epoch");
        for index in 0..wrapped.len() {
            let mut bad = wrapped.clone();
            bad[index] ^= 4;
            assert!(keys.unwrap("case:1", 1, &bad).is_err(), "byte {index}");
        }
        assert_eq!(keys.unwrap("case:1", 1, &wrapped).unwrap().0, key.0);
    }
}
