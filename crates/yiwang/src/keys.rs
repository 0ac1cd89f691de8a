//! The key folder: the vault's master keys, the key that signs the record's heads, and the public keys of those it followed.
//!
//! Its files are read anew while the site runs, and each is changed as a whole: whoever reads sees the old one or the new one.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use journal::{Signer, SiteKey, SitePublicKey};
use kernel::{Ctx, Error, Result};
use vault::MasterKeys;

/// The files of a key folder that every site has.
const MASTER: &str = "master.key";
const SIGNER: &str = "site.pem";
/// The public keys of former signing keys, `0001.pem` and on, oldest first, each with what it signed last: the public key that
/// followed it (`0001.next`), so that no stranger's key takes the place of the present one. Absent where it was never changed.
const FORMER: &str = "former";
const NEXT: &str = "next";

/// A key folder.
#[derive(Debug, Clone)]
pub(crate) struct KeyFolder(PathBuf);

impl KeyFolder {
    /// The key folder that lies here.
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it with new keys.
    pub(crate) fn make(&self, ctx: &Ctx) -> Result<()> {
        fs::create_dir_all(&self.0).map_err(|error| unusable("密钥目录", &self.0, &error))?;
        put(&self.master_file(), &MasterKeys::generate(ctx).to_text())?;
        put(&self.signer_file(), &SiteKey::generate(ctx).to_pem()?)
    }

    /// Where the master keys lie.
    pub(crate) fn master_file(&self) -> PathBuf {
        self.0.join(MASTER)
    }

    /// Where the signing key lies.
    pub(crate) fn signer_file(&self) -> PathBuf {
        self.0.join(SIGNER)
    }

    /// The master keys.
    ///
    /// # Errors
    /// In words for the operator, with the file's name, if it cannot be read or is no key file.
    pub(crate) fn master(&self) -> Result<MasterKeys> {
        let path = self.master_file();
        MasterKeys::from_text(&read(&path)?).map_err(|error| at_file(&path, &error))
    }

    /// The signing key with the public keys before it.
    ///
    /// # Errors
    /// As [`KeyFolder::master`].
    pub(crate) fn signer(&self) -> Result<Signer> {
        let path = self.signer_file();
        let key = SiteKey::from_pem(&read(&path)?).map_err(|error| at_file(&path, &error))?;
        let (mut former, mut follows) = (Vec::new(), key.public_pem()?);
        for file in self.former_files()?.iter().rev() {
            let pem = read(file)?;
            let public = SitePublicKey::from_pem(&pem).map_err(|error| at_file(file, &error))?;
            // A change that was interrupted has written the present key down already.
            if public == key.public() {
                continue;
            }
            let signature = from_hex(&read(&file.with_extension(NEXT))?);
            if !journal::verify_signature(&pem, follows.as_bytes(), &signature)? {
                return Err(Error::refused(format!(
                    "签名密钥 {} 不是本站点的：{} 里的前任公钥没有认可它。请换回本站点的密钥备份。",
                    path.display(),
                    file.display()
                )));
            }
            former.insert(0, public);
            follows = pem;
        }
        Ok(Signer::new(key, former))
    }

    /// Puts other master keys in place of the present ones.
    pub(crate) fn set_master(&self, keys: &MasterKeys) -> Result<()> {
        put(&self.master_file(), &keys.to_text())
    }

    /// Puts a new signing key in place of the present one, whose public key is kept first.
    pub(crate) fn renew_signer(&self, ctx: &Ctx) -> Result<()> {
        self.signer()?;
        let (present, new) = (SiteKey::from_pem(&read(&self.signer_file())?)?, SiteKey::generate(ctx));
        let (mut former, pem) = (self.former_files()?, present.public_pem()?);
        let folder = self.0.join(FORMER);
        fs::create_dir_all(&folder).map_err(|error| unusable("密钥目录", &folder, &error))?;
        // A change that was interrupted has kept it already, for a successor that was lost.
        if former.last().map(|it| read(it)).transpose()?.is_none_or(|it| it != pem) {
            former.push(folder.join(format!("{:04}.pem", former.len() + 1)));
        }
        if let Some(file) = former.last() {
            put(&file.with_extension(NEXT), &to_hex(&present.sign(new.public_pem()?.as_bytes())?))?;
            put(file, &pem)?;
        }
        put(&self.signer_file(), &new.to_pem()?)
    }

    /// Copies all of it into a folder that has none of its files yet, and reads the copy back.
    pub(crate) fn copy_to(&self, to: &Self) -> Result<()> {
        for (from, to) in self.files()?.iter().zip(self.files_in(to)?) {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).map_err(|error| unusable("目录", folder, &error))?;
            }
            put(&to, &read(from)?)?;
        }
        match to.differs_from(self)? {
            None => Ok(()),
            Some(file) => Err(Error::internal(format!("{} is not what was written", file.display()))),
        }
    }

    /// The first file of `other` that this folder has not, or has otherwise.
    pub(crate) fn differs_from(&self, other: &Self) -> Result<Option<PathBuf>> {
        for (theirs, ours) in other.files()?.iter().zip(other.files_in(self)?) {
            if !ours.is_file() || *read(&ours)? != *read(theirs)? {
                return Ok(Some(ours));
            }
        }
        Ok(None)
    }

    /// Every file of it.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let former = self.former_files()?.into_iter().flat_map(|it| [it.with_extension(NEXT), it]);
        Ok([self.master_file(), self.signer_file()].into_iter().chain(former).collect())
    }

    /// The same files in another folder.
    fn files_in(&self, other: &Self) -> Result<Vec<PathBuf>> {
        let files = self.files()?;
        Ok(files.iter().filter_map(|it| Some(other.0.join(it.strip_prefix(&self.0).ok()?))).collect())
    }

    /// The files of former public keys, oldest first.
    fn former_files(&self) -> Result<Vec<PathBuf>> {
        let folder = self.0.join(FORMER);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&folder).map_err(|error| unusable("密钥目录", &folder, &error))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|it| it.ok().map(|it| it.path())).collect();
        paths.retain(|it| it.extension().is_some_and(|it| it == "pem"));
        paths.sort();
        Ok(paths)
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hex digits; what is none gives other bytes, which no key has signed.
fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.trim().as_bytes().chunks(2);
    pairs.map(|it| std::str::from_utf8(it).ok().and_then(|it| u8::from_str_radix(it, 16).ok()).unwrap_or(0)).collect()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| {
        Error::refused(format!(
            "密钥文件 {} 读不出来：{error}。没有密钥就读不出个人信息，也验不了签名，请从密钥备份中取回。",
            path.display()
        ))
    })
}

fn at_file(path: &Path, error: &Error) -> Error {
    Error::refused(format!("密钥文件 {}：{}", path.display(), error.message()))
}

fn unusable(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::refused(format!("{what} {} 不能使用：{error}。请检查路径和读写权限。", path.display()))
}

/// Writes a file that only this user may read, whole or not at all, and durably.
fn put(path: &Path, text: &str) -> Result<()> {
    let fresh = path.with_extension("new");
    let written = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    written().map_err(|error| unusable("密钥文件", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::operator;

    fn made() -> (tempfile::TempDir, KeyFolder) {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFolder::at(folder.path().join("keys"));
        keys.make(&operator()).unwrap();
        (folder, keys)
    }

    #[test]
    fn a_lost_or_damaged_key_file_is_named_in_a_clear_sentence() {
        let (_folder, keys) = made();
        std::fs::write(keys.master_file(), "hello").unwrap();
        std::fs::remove_file(keys.signer_file()).unwrap();
        let told = keys.master().unwrap_err().message();
        assert!(told.contains("master.key") && told.contains("这不是可用的主密钥文件"), "{told}");
        let told = keys.signer().unwrap_err().message();
        assert!(told.contains("site.pem") && told.contains("请从密钥备份中取回"), "{told}");
        std::fs::write(keys.signer_file(), "hello").unwrap();
        assert!(keys.signer().unwrap_err().message().contains("这不是 SM2 私钥文件"));
    }

    #[test]
    fn a_new_signing_key_keeps_the_public_keys_before_it_in_order() {
        let (_folder, keys) = made();
        let first = keys.signer().unwrap().public_keys();
        keys.renew_signer(&operator()).unwrap();
        let second = keys.signer().unwrap().public_keys();
        keys.renew_signer(&operator()).unwrap();
        let third = keys.signer().unwrap().public_keys();
        assert_eq!((first.len(), second.len(), third.len()), (1, 2, 3));
        assert!(third.starts_with(&second) && second.starts_with(&first));
    }

    #[test]
    fn a_change_of_the_signing_key_that_was_cut_off_is_carried_on() {
        let (_folder, keys) = made();
        let before = keys.signer().unwrap().public_keys();
        // The public key was kept, and then the light went out.
        std::fs::create_dir(keys.path().join(FORMER)).unwrap();
        let pem = SiteKey::from_pem(&read(&keys.signer_file()).unwrap()).unwrap().public_pem().unwrap();
        put(&keys.path().join(FORMER).join("0001.pem"), &pem).unwrap();
        assert_eq!(keys.signer().unwrap().public_keys(), before);
        keys.renew_signer(&operator()).unwrap();
        let after = keys.signer().unwrap().public_keys();
        assert_eq!(after.len(), 2);
        assert!(after.starts_with(&before));
    }

    #[test]
    fn another_sites_signing_key_is_refused_beside_the_former_keys_of_this_one() {
        let ((_one, keys), (_two, others)) = (made(), made());
        keys.renew_signer(&operator()).unwrap();
        keys.renew_signer(&operator()).unwrap();
        let own = read(&keys.signer_file()).unwrap();
        put(&keys.signer_file(), &read(&others.signer_file()).unwrap()).unwrap();
        let told = keys.signer().unwrap_err().message();
        assert!(told.contains("不是本站点的") && told.contains("site.pem"), "{told}");
        assert!(keys.renew_signer(&operator()).is_err(), "nor is it followed by a new one");
        put(&keys.signer_file(), &own).unwrap();
        let middle = keys.path().join(FORMER).join("0001.next");
        put(&middle, &"00".repeat(70)).unwrap();
        assert!(keys.signer().is_err(), "a link of the chain was altered");
    }

    #[test]
    fn a_copy_has_every_file_for_its_owner_only_and_is_told_from_another() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, keys) = made();
        keys.renew_signer(&operator()).unwrap();
        let copy = KeyFolder::at(folder.path().join("safe"));
        assert_eq!(copy.differs_from(&keys).unwrap(), Some(copy.master_file()));
        keys.copy_to(&copy).unwrap();
        assert_eq!(copy.differs_from(&keys).unwrap(), None);
        for file in copy.files().unwrap() {
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        }
        keys.set_master(&keys.master().unwrap().rotated(&operator())).unwrap();
        assert_eq!(copy.differs_from(&keys).unwrap(), Some(copy.master_file()));
    }
}
