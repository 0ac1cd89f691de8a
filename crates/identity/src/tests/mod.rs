//! Promises of the area.
