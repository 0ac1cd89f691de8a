//! Passwords that are known from breaches: looked up in the operator's own copy of such a list, on this machine, without loading it.
//!
//! The file is that of «Have I Been Pwned», ordered by SHA-1: lines of forty hex digits, a colon and a count. Nothing leaves the machine.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use kernel::{Error, Result};
use webkit::App;

use crate::Means;

/// Refuses a password that is known from breaches; without a list none is.
///
/// # Errors
/// [`Error::Invalid`] at `field`.
pub(crate) async fn refuse(app: &App, field: &'static str, password: &str) -> Result<()> {
    let Some(file) = app.part::<Means>().ok().and_then(|it| it.breached_passwords.clone()) else { return Ok(()) };
    let hash = sha1(password);
    let asked = tokio::task::spawn_blocking(move || holds(&file, &hash)).await.map_err(Error::internal)?;
    match asked {
        Ok(false) => Ok(()),
        Ok(true) => Err(Error::invalid(field, "这个密码在别处泄露过，坏人手里有，请换一个。")),
        Err(error) => {
            // A missing list must not keep people from setting a password.
            tracing::error!(%error, "the list of breached passwords cannot be read");
            Ok(())
        }
    }
}

/// Forty hex digits, upper case.
fn sha1(password: &str) -> String {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref().iter().map(|it| format!("{it:02X}")).collect()
}

/// Whether a list holds this hash: by halving, some thirty reads of a list of a billion.
fn holds(file: &PathBuf, hash: &str) -> io::Result<bool> {
    let mut reader = BufReader::with_capacity(256, File::open(Path::new(file))?);
    let (mut from, mut to) = (0, reader.get_ref().metadata()?.len());
    let mut line = String::new();
    while from < to {
        let middle = from + (to - from) / 2;
        // The first line that begins at the middle or after it.
        let mut start = from;
        if middle > from {
            line.clear();
            reader.seek(SeekFrom::Start(middle - 1))?;
            start = middle - 1 + reader.read_line(&mut line)? as u64;
        }
        if start >= to {
            to = middle;
            continue;
        }
        line.clear();
        reader.seek(SeekFrom::Start(start))?;
        let read = reader.read_line(&mut line)? as u64;
        match line.get(..40).unwrap_or_default().cmp(hash) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => from = start + read,
            std::cmp::Ordering::Greater => to = middle,
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_list_is_found_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("breached-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for count in [0, 1, 2, 3, 100] {
            let mut hashes: Vec<_> = (0..count).map(|n| sha1(&format!("password {n}"))).collect();
            hashes.sort();
            let file = folder.join(format!("{count}.txt"));
            let text: String = hashes.iter().enumerate().map(|(n, it)| format!("{it}:{n}\r\n")).collect();
            std::fs::write(&file, text).unwrap();
            for hash in &hashes {
                assert!(holds(&file, hash).unwrap(), "{count}: {hash}");
            }
            for other in [sha1("another"), "0".repeat(40), "F".repeat(40)] {
                assert!(!holds(&file, &other).unwrap(), "{count}: {other}");
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(sha1("password"), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
    }
}
