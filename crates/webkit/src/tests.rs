//! Promises of the web's ground.
