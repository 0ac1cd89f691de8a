//! Every name of the machine, for its own tests; production names what it needs.

pub(super) use crate::model::{
    act::*, clocks::*, event::*, extension::*, hearing::*, kind::*, machine::*, paper::*, refusal::*, rules::*,
    site_check::*, stage::*, state::*, table::*, text::*, weighing::*, words::*,
};
