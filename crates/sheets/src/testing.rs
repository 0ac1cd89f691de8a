//! For tests only: archives and workbooks as a stranger might make them.

use std::io::{Cursor, Error, Write};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::workbook;

/// Where a workbook keeps its first sheet (ECMA-376 part 2, as this crate's writer names it).
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// An archive of these files.
///
/// # Errors
/// If it cannot be packed.
pub fn packed(files: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// A workbook whose one sheet, of this name, is this XML, whatever it says.
///
/// # Errors
/// If it cannot be packed.
pub fn around(name: &str, sheet: &str) -> Result<Vec<u8>, Error> {
    let whole = workbook(name, &["x"], &[]).map_err(Error::other)?;
    let mut from = ZipArchive::new(Cursor::new(whole))?;
    let mut into = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..from.len() {
        let mut entry = from.by_index(n)?;
        let name = entry.name()?.into_owned();
        into.start_file(name.as_str(), SimpleFileOptions::default())?;
        if name == SHEET {
            into.write_all(sheet.as_bytes())?;
        } else {
            std::io::copy(&mut entry, &mut into)?;
        }
    }
    Ok(into.finish()?.into_inner())
}
