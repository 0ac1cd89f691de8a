//! The numbers that bound what comes in over HTTP.

/// A request's body at most, in bytes, where the route names no other limit.
pub const BODY_MAX: usize = 256 * 1024;
/// An upload's body at most, in bytes: fifty megabytes of file and what frames it.
pub const UPLOAD_MAX: usize = 52 * 1024 * 1024;
/// Fields of a form at most.
pub(crate) const FIELDS_MAX: usize = 500;
/// A request is answered within so many seconds, or given up.
pub(crate) const ANSWER_SECONDS: u64 = 30;
