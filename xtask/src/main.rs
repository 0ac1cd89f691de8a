//! Tasks of the workshop: the law of the house as tests, a new area, generated files.
fn main() {}
