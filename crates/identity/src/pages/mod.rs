//! Pages of people: sign-in, registration, one's own account, and the administrator's desk.

use webkit::{Routes, Sample};

pub(crate) fn routes() -> Routes {
    Routes::new()
}

pub(crate) fn samples() -> Vec<Sample> {
    Vec::new()
}
