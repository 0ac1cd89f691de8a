//! The clocks of a case: acceptance, promise, law and delivery side by side, and when they turn yellow and red.

use super::{
    handling::suspensions,
    rules::Thresholds,
    state::{Case, Handling, Special, State, Stop},
};
use standards::{Calendar, CalendarError, Due, Reckoned};
use time::Date;

/// The clocks of a case on one day; `None`: not started, or of no meaning any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clocks {
    /// Until the authority accepts, refuses to, or asks for correction.
    pub(crate) acceptance: Option<Face>,
    /// Of the lower organ that examines first, until it hands the papers up.
    pub(crate) preliminary: Option<Face>,
    /// 承诺办结时限, until the decision.
    pub(crate) promised: Option<Face>,
    /// 法定办结时限, until the decision.
    pub(crate) statutory: Option<Face>,
    /// Of the special procedure that runs: until the day that the applicant was told.
    pub(crate) special: Option<Face>,
    /// Until the result is delivered.
    pub(crate) delivery: Option<Face>,
}

/// What one clock shows. Days are working days, also where the limit is in natural days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// It runs.
    Running {
        /// The day at whose end the time is over.
        due: Due,
        /// Working days used.
        used: Reckoned<i64>,
        /// Working days left: 0 on the due day, and on days off that follow it; negative past it.
        left: Reckoned<i64>,
        /// Whether the due day is past, be it by a day off.
        over: bool,
    },
    /// A special procedure stops it: there are days left, and no due day.
    Suspended {
        /// The first day that does not count.
        since: Date,
        /// Working days that will be left when it runs again.
        left: Reckoned<i64>,
    },
    /// What it measured has happened.
    Stopped {
        /// When.
        on: Date,
        /// The day by which it should have.
        due: Due,
    },
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing to watch: not started, stopped in time, or suspended.
    Calm,
    /// Running, with time left.
    Green,
    /// 预警.
    Yellow,
    /// 超期: over, or stopped too late.
    Red,
}

/// The alarms of a case on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// Of acceptance.
    pub(crate) acceptance: Level,
    /// Of the lower organ's review.
    pub(crate) preliminary: Level,
    /// Of the promise: yellow and red of supervision.
    pub(crate) promised: Level,
    /// 违法超期: the statutory time is over; a kind of its own.
    pub(crate) statutory_overdue: bool,
    /// Of the special procedure that runs.
    pub(crate) special: Level,
    /// Of delivery.
    pub(crate) delivery: Level,
    /// The time for acceptance is over by a provisional day: nothing happens by itself, a clerk must look.
    pub(crate) acceptance_uncertain: bool,
}

impl Alarm {
    /// The worst of all.
    #[must_use]
    #[cfg_attr(not(test), expect(dead_code, reason = "supervision will read it"))]
    pub(crate) fn worst(&self) -> Level {
        let statutory = if self.statutory_overdue { Level::Red } else { Level::Calm };
        self.acceptance.max(self.preliminary).max(self.promised).max(self.special).max(self.delivery).max(statutory)
    }
}

impl Face {
    /// Whether the time is over, or was when the clock stopped, on `today`.
    #[must_use]
    pub(crate) fn is_late(&self) -> bool {
        match self {
            Self::Running { over, .. } => *over,
            Self::Suspended { .. } => false,
            Self::Stopped { on, due } => *on > due.value(),
        }
    }

    /// Green, yellow or red by these thresholds.
    #[must_use]
    pub(crate) fn level(&self, thresholds: Thresholds) -> Level {
        match self {
            _ if self.is_late() => Level::Red,
            Self::Running { used, left, .. } => {
                let (used, left) = (used.value(), left.value());
                let whole = used.saturating_add(left);
                let share = used.saturating_mul(100) >= whole.saturating_mul(i64::from(thresholds.yellow_percent));
                if share || left <= i64::from(thresholds.yellow_days_left) { Level::Yellow } else { Level::Green }
            }
            Self::Suspended { .. } | Self::Stopped { .. } => Level::Calm,
        }
    }
}

impl Case {
    /// The clocks on the day `today`, from the dates that the events carry.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub(crate) fn clocks(&self, calendar: &Calendar, today: Date) -> Result<Clocks, CalendarError> {
        let mut clocks = Clocks {
            acceptance: None,
            preliminary: None,
            promised: None,
            statutory: None,
            special: None,
            delivery: None,
        };
        match &self.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
                clocks.acceptance = Some(running(calendar, intake.since, intake.due, &[], today)?);
            }
            State::CorrectionAsked { correction, .. } => {
                let on = correction.asked.at.legal_date();
                clocks.acceptance = Some(Face::Stopped { on, due: correction.intake.due });
            }
            State::InHand { handling, .. } => {
                let face = |due| running(calendar, handling.accepted_on, due, &handling.stops, today);
                clocks.promised = Some(face(handling.promised_due)?);
                clocks.statutory = Some(face(handling.statutory_due)?);
                clocks.preliminary = handling.preliminary.as_ref().map(|it| face(it.due)).transpose()?;
            }
            State::Suspended { handling, special, .. } => {
                let face = |due| suspended(calendar, handling, special, due, today);
                clocks.promised = Some(face(handling.promised_due)?);
                clocks.statutory = Some(face(handling.statutory_due)?);
                clocks.preliminary = handling.preliminary.as_ref().map(|it| face(it.due)).transpose()?;
                clocks.special = Some(running(calendar, special.from, special.expected_end, &[], today)?);
            }
            State::Decided { decision, .. } | State::Issued { decision, .. } => {
                let on = decision.decided.at.legal_date();
                clocks.delivery = Some(running(calendar, on, decision.delivery_due, &[], today)?);
            }
            State::Delivered { decision, delivered, .. } | State::Closed { decision, delivered, .. } => {
                let on = delivered.handed.at.legal_date();
                clocks.delivery = Some(Face::Stopped { on, due: decision.delivery_due });
            }
            State::Unaccepted { .. } | State::Withdrawn { .. } | State::Revoked { .. } => {}
        }
        if let Some(handling) = self.handling() {
            let on = handling.accepted.at.legal_date();
            clocks.acceptance = Some(Face::Stopped { on, due: handling.intake.due });
            if let Some((it, given)) = handling.preliminary.as_ref().and_then(|it| Some((it, it.given.as_ref()?))) {
                clocks.preliminary = Some(Face::Stopped { on: given.by.at.legal_date(), due: it.due });
            }
            if let Some(decision) = self.decision() {
                let on = decision.decided.at.legal_date();
                clocks.promised = Some(Face::Stopped { on, due: handling.promised_due });
                clocks.statutory = Some(Face::Stopped { on, due: handling.statutory_due });
            }
        }
        Ok(clocks)
    }

    /// The alarms on the day `today`: yellow and red by the promise, 违法超期 by the law.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub(crate) fn alarm(
        &self,
        calendar: &Calendar,
        thresholds: Thresholds,
        today: Date,
    ) -> Result<Alarm, CalendarError> {
        let clocks = self.clocks(calendar, today)?;
        let level = |face: Option<Face>| face.map_or(Level::Calm, |face| face.level(thresholds));
        let uncertain =
            matches!(clocks.acceptance, Some(Face::Running { due: Due::Provisional(due), .. }) if today > due);
        Ok(Alarm {
            acceptance: level(clocks.acceptance),
            preliminary: level(clocks.preliminary),
            promised: level(clocks.promised),
            statutory_overdue: clocks.statutory.is_some_and(|face| face.is_late()),
            special: level(clocks.special),
            delivery: level(clocks.delivery),
            acceptance_uncertain: uncertain,
        })
    }
}

fn running(calendar: &Calendar, on: Date, due: Due, stops: &[Stop], today: Date) -> Result<Face, CalendarError> {
    let stops = suspensions(stops);
    // Before the day from which the clock runs nothing is used.
    let today = today.max(on);
    let used = calendar.elapsed(on, today, &stops)?;
    let left = calendar.remaining(today, due.value(), &stops)?;
    Ok(Face::Running { due, used, left, over: today > due.value() })
}

/// The days that were left on the eve of the special procedure, by the due day as it was then. A clock that was over before
/// stays over: a procedure begun too late mends nothing.
fn suspended(
    calendar: &Calendar,
    handling: &Handling,
    special: &Special,
    due: Due,
    today: Date,
) -> Result<Face, CalendarError> {
    if due.value() < special.from {
        return running(calendar, handling.accepted_on, due, &handling.stops, today);
    }
    let eve = special.from.previous_day().unwrap_or(special.from).max(handling.accepted_on);
    let left = calendar.remaining(eve, due.value(), &suspensions(&handling.stops))?;
    Ok(Face::Suspended { since: special.from, left })
}
