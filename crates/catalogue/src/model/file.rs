//! A file that an item shows: a blank form, a sample, a filled example, a flow chart.

use serde::{Deserialize, Serialize};

/// Files of one item at most, over all its fields.
pub const FILES_MAX: usize = 100;
/// One file at most, in bytes.
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// A file by the name people see and the name under which the platform keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileRef {
    /// Its name with its ending, as it is downloaded: 「食品经营许可申请书（空白）.pdf」.
    pub name: String,
    /// Name in the file store: SM3 of its bytes, 64 hex digits. Empty: named, not handed in yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub blob: String,
    /// Length in bytes.
    pub bytes: u64,
    /// What it is: `application/pdf`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub media: String,
}

impl FileRef {
    /// Whether it can be fetched.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.blob.is_empty()
    }
}
