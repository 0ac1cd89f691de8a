//! Which way up a picture stands.

/// How a picture is turned: mirrored first, then by quarters clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turn {
    quarters: u8,
    mirrored: bool,
}

impl Turn {
    /// By so many quarters clockwise; four are none.
    #[must_use]
    pub fn clockwise(quarters: u8) -> Self {
        Self { quarters: quarters % 4, mirrored: false }
    }

    /// By the number that a camera wrote (EXIF tag 274, «Orientation»); a number that is none turns nothing.
    #[must_use]
    pub fn of_orientation(number: u16) -> Self {
        let (quarters, mirrored) = match number {
            2 => (0, true),
            3 => (2, false),
            4 => (2, true),
            5 => (3, true),
            6 => (1, false),
            7 => (1, true),
            8 => (3, false),
            _ => (0, false),
        };
        Self { quarters, mirrored }
    }

    /// As a block of EXIF says; what is not understood turns nothing.
    pub(crate) fn of_exif(tiff: &[u8]) -> Self {
        orientation(tiff).map_or_else(Self::default, Self::of_orientation)
    }

    /// So many quarters clockwise, 0 to 3.
    #[must_use]
    pub fn quarters(self) -> u8 {
        self.quarters
    }

    /// Whether it is mirrored, left to right, before it is turned.
    #[must_use]
    pub fn mirrored(self) -> bool {
        self.mirrored
    }

    /// This turn, and then by further quarters clockwise.
    #[must_use]
    pub fn then(self, quarters: u8) -> Self {
        Self { quarters: (self.quarters + quarters % 4) % 4, ..self }
    }

    /// Width and height after it.
    #[must_use]
    pub fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.quarters.is_multiple_of(2) { (width, height) } else { (height, width) }
    }

    /// Where the pixel at `x`, `y` of a picture of this size goes.
    pub(crate) fn place(self, (x, y): (u32, u32), (width, height): (u32, u32)) -> (u32, u32) {
        let x = if self.mirrored { width - 1 - x } else { x };
        match self.quarters {
            0 => (x, y),
            1 => (height - 1 - y, x),
            2 => (width - 1 - x, height - 1 - y),
            _ => (y, width - 1 - x),
        }
    }
}

/// The number of tag 274 in the first directory of a TIFF block, in either order of bytes.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let two = |at: usize| {
        let it: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(it) } else { u16::from_be_bytes(it) })
    };
    let four = |at: usize| {
        let it: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(it) } else { u32::from_be_bytes(it) })
    };
    let first = usize::try_from(four(4)?).ok()?;
    let entries = first.checked_add(2)?;
    for number in 0..usize::from(two(first)?) {
        let at = entries.checked_add(number * 12)?;
        // A single SHORT stands in the first two bytes of its value.
        if two(at)? == 0x0112 && two(at + 2)? == 3 {
            return two(at + 8);
        }
    }
    None
}
