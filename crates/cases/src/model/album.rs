//! In which order pictures become the pages of one PDF, and how each is turned. It is written in the page's address, `3.0-5.1-4.x`: the
//! third file as it is, the fifth turned once clockwise, the fourth left out. Nothing of it is kept.

use std::fmt;

/// One picture with what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The number of the file.
    pub(crate) number: i64,
    /// Turned by so many quarters clockwise; `None`: left out.
    pub(crate) turn: Option<u8>,
}

/// What can be done with one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// One place forward.
    Up,
    /// One place back.
    Down,
    /// A quarter clockwise.
    Turn,
    /// Left out, or taken in again as the last.
    Toggle,
}

/// All pictures of a material: those that become pages in their order, then those that are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order(Vec<Leaf>);

impl Order {
    /// Of the pictures that are there, as an address says; what it does not name comes last, as it is, and what is not there is passed over.
    pub(crate) fn of(there: &[i64], address: &str) -> Self {
        let mut leaves: Vec<Leaf> = Vec::with_capacity(there.len());
        for part in address.split('-') {
            let Some((number, turn)) = part.split_once('.') else { continue };
            let Ok(number) = number.parse() else { continue };
            let turn = match turn {
                "x" => None,
                _ => Some(turn.parse::<u8>().unwrap_or(0) % 4),
            };
            if there.contains(&number) && leaves.iter().all(|it| it.number != number) {
                leaves.push(Leaf { number, turn });
            }
        }
        let new = there.iter().filter(|it| leaves.iter().all(|leaf| leaf.number != **it));
        let new: Vec<_> = new.map(|it| Leaf { number: *it, turn: Some(0) }).collect();
        leaves.extend(new);
        Self(leaves).sorted()
    }

    fn sorted(mut self) -> Self {
        self.0.sort_by_key(|it| it.turn.is_none());
        self
    }

    /// The pages.
    pub(crate) fn pages(&self) -> impl Iterator<Item = Leaf> {
        self.0.iter().copied().filter(|it| it.turn.is_some())
    }

    /// What is left out.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = Leaf> {
        self.0.iter().copied().filter(|it| it.turn.is_none())
    }

    /// The order after this was done with this picture; where it cannot be, the same.
    pub(crate) fn after(&self, number: i64, what: Move) -> Self {
        let mut next = self.clone();
        let Some(at) = next.0.iter().position(|it| it.number == number) else { return next };
        let last = self.pages().count().saturating_sub(1);
        match what {
            Move::Up if at > 0 && at <= last => next.0.swap(at, at - 1),
            Move::Down if at < last => next.0.swap(at, at + 1),
            Move::Up | Move::Down => {}
            Move::Turn => next.0[at].turn = next.0[at].turn.map(|it| (it + 1) % 4),
            Move::Toggle => {
                let leaf = next.0.remove(at);
                let turn = if leaf.turn.is_none() { Some(0) } else { None };
                let place = if turn.is_some() { next.pages().count() } else { next.0.len() };
                next.0.insert(place, Leaf { turn, ..leaf });
            }
        }
        next
    }
}

/// As an address carries it.
impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, it) in self.0.iter().enumerate() {
            let dash = if place > 0 { "-" } else { "" };
            match it.turn {
                Some(turn) => write!(f, "{dash}{}.{turn}", it.number)?,
                None => write!(f, "{dash}{}.x", it.number)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_only_what_is_there_and_each_picture_once() {
        let table = [
            ("", "1.0-2.0-5.0"),
            ("nonsense-..-9.1-<b>", "1.0-2.0-5.0"),
            ("5.1-5.2-1.0", "5.1-1.0-2.0"),
            ("5.x-2.7", "2.3-1.0-5.x"),
            ("2.x-99999999999999999999.1", "1.0-5.0-2.x"),
        ];
        for (address, expected) in table {
            assert_eq!(Order::of(&[1, 2, 5], address).to_string(), expected, "{address}");
        }
    }

    #[test]
    fn each_picture_goes_one_place_forward_or_back_is_turned_or_left_out() {
        let order = Order::of(&[1, 2, 3, 4], "1.0-2.0-3.0-4.x");
        let table = [
            (1, Move::Up, "1.0-2.0-3.0-4.x"),
            (3, Move::Down, "1.0-2.0-3.0-4.x"),
            (4, Move::Up, "1.0-2.0-3.0-4.x"),
            (4, Move::Turn, "1.0-2.0-3.0-4.x"),
            (9, Move::Toggle, "1.0-2.0-3.0-4.x"),
            (3, Move::Up, "1.0-3.0-2.0-4.x"),
            (1, Move::Down, "2.0-1.0-3.0-4.x"),
            (2, Move::Turn, "1.0-2.1-3.0-4.x"),
            (2, Move::Toggle, "1.0-3.0-4.x-2.x"),
            (4, Move::Toggle, "1.0-2.0-3.0-4.0"),
        ];
        for (number, what, expected) in table {
            let next = order.after(number, what);
            assert_eq!(next.to_string(), expected, "{number} {what:?}");
            assert_eq!(Order::of(&[1, 2, 3, 4], &next.to_string()), next, "it is read as it was written");
        }
        assert_eq!(order.pages().count() + order.left_out().count(), 4);
    }
}
