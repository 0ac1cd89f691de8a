//! A write as a value.

use kernel::{Ctx, Id};

use crate::{Sql, Value};

/// A unit, as an id's mark.
#[derive(Debug)]
pub enum UnitMark {}

/// The id of a unit; it stands in the journal entries that the unit writes.
pub type UnitId = Id<UnitMark>;

/// One statement of a unit.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Carried out, however many rows it touches. A duplicate key fails the guard named by the statement itself.
    Run {
        /// The statement.
        sql: Sql,
        /// Its values.
        args: Vec<Value>,
    },
    /// Must touch exactly `rows` rows, or all of the unit is undone. A duplicate key fails this guard too.
    Expect {
        /// What the caller is told if it fails.
        guard: &'static str,
        /// How many rows it must touch.
        rows: u64,
        /// The statement.
        sql: Sql,
        /// Its values.
        args: Vec<Value>,
    },
    /// A plain SELECT of rows of one table that must find exactly one; on PostgreSQL the row stays locked to the end.
    Check {
        /// What the caller is told if it fails.
        guard: &'static str,
        /// The SELECT.
        sql: Sql,
        /// Its values.
        args: Vec<Value>,
    },
}

impl Step {
    /// The statement, its values, and how many rows it must touch, if that matters.
    pub(crate) fn parts(&self) -> (Sql, &[Value], Option<u64>) {
        match self {
            Self::Run { sql, args } => (*sql, args, None),
            Self::Expect { rows, sql, args, .. } => (*sql, args, Some(*rows)),
            Self::Check { sql, args, .. } => (*sql, args, Some(1)),
        }
    }

    /// What the caller is told if it fails: the guard, or the statement's own name.
    pub(crate) fn guard(&self) -> &'static str {
        match self {
            Self::Run { sql, .. } => sql.name,
            Self::Expect { guard, .. } | Self::Check { guard, .. } => guard,
        }
    }
}

/// A list of statements with guards, carried out whole or not at all by [`Db::commit`](crate::Db::commit).
///
/// Being a value it is replayed on a serialisation failure, grouped with others into one commit, and tested without a
/// database. At most [`Unit::MAX_STEPS`] statements: long jobs write in units of a few hundred rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    pub(crate) steps: Vec<Step>,
    pub(crate) evidence: Option<(Sql, Vec<Value>)>,
}

impl Unit {
    /// Statements in a unit at most; more is a mistake of the program and fails as internal.
    pub const MAX_STEPS: usize = 4_000;

    /// An empty unit.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        Self { id: ctx.new_id(), steps: Vec::new(), evidence: None }
    }

    /// Carries out a statement, however many rows it touches.
    pub fn run(&mut self, sql: Sql, args: Vec<Value>) -> &mut Self {
        self.steps.push(Step::Run { sql, args });
        self
    }

    /// Carries out a statement that must touch exactly one row; else everything is undone and `guard` is named.
    pub fn one(&mut self, guard: &'static str, sql: Sql, args: Vec<Value>) -> &mut Self {
        self.expect(guard, 1, sql, args)
    }

    /// Carries out a statement that must touch exactly `rows` rows.
    pub fn expect(&mut self, guard: &'static str, rows: u64, sql: Sql, args: Vec<Value>) -> &mut Self {
        self.steps.push(Step::Expect { guard, rows, sql, args });
        self
    }

    /// Asks that exactly one row answers this SELECT, and stays so until the unit is committed.
    pub fn check(&mut self, guard: &'static str, sql: Sql, args: Vec<Value>) -> &mut Self {
        self.steps.push(Step::Check { guard, sql, args });
        self
    }

    /// A SELECT that finds a row if and only if this unit was committed; asked after an answer was lost.
    pub fn evidence(&mut self, sql: Sql, args: Vec<Value>) -> &mut Self {
        self.evidence = Some((sql, args));
        self
    }

    /// Its statements, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}
