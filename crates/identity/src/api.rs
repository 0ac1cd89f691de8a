//! The same acts as JSON.

use webkit::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
}
