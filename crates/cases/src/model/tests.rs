//! Promises of the case machine.
