//! Every name of the machine, for its own tests; production names what it needs.

pub(super) use crate::model::{
    act::*, clocks::*, event::*, machine::*, paper::*, refusal::*, rules::*, state::*, table::*, text::*, words::*,
};
