//! How a caller follows, bounds or stops a long count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::CountError;

/// A handle that any thread may use to stop a count.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the count to stop; it answers [`CountError::Cancelled`] soon after.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where a long count stands. Amounts are in the smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Projects are selected one by one.
    Rounds {
        /// How many so far.
        selected: u64,
        /// What they cost.
        spent: u64,
    },
    /// Completion by increments.
    Increments {
        /// What was added to each voter's share so far, in currency units.
        added: u64,
        /// How many times the rule was run.
        runs: u64,
        /// Money spent by the last outcome that fits.
        spent: u64,
    },
    /// The best of all sets or orders is sought (knapsack, Kemeny).
    Search {
        /// Parts done.
        done: u64,
        /// Parts in all.
        of: u64,
    },
    /// The vote is counted again, to explain or to compare.
    Recounts {
        /// How many times so far.
        done: u64,
    },
}

/// What every long count obeys: cancellation, a limit of time, progress. The default one has none of them.
///
/// ```
/// use std::time::Duration;
/// use vote::{Cancel, Control, CountError, Progress, Rule, TieBreak};
/// # use vote::{BallotKind, Election, Project};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000, vec![project("a", 400), project("b", 300)])?;
/// # election.approve(&["a", "b"])?;
/// let cancel = Cancel::default(); // a clone of it goes to another thread, to a button…
/// let follow = |progress: Progress| {
///     if matches!(progress, Progress::Rounds { selected: 1, .. }) { cancel.cancel() }
/// };
/// let control = Control::with_cancel(cancel.clone()).within(Duration::from_secs(60)).on_progress(&follow);
/// let stopped = Rule::from_name("phragmen")?.count(&election, &TieBreak::Recommended, &control);
/// assert_eq!(stopped, Err(CountError::Cancelled));
/// # Ok::<(), CountError>(())
/// ```
#[derive(Default)]
pub struct Control<'a> {
    cancel: Cancel,
    deadline: Option<Instant>,
    progress: Option<&'a dyn Fn(Progress)>,
}

impl<'a> Control<'a> {
    /// A count that this handle may stop.
    #[must_use]
    pub fn with_cancel(cancel: Cancel) -> Self {
        Self { cancel, ..Self::default() }
    }

    /// Past this time from now, counts answer [`CountError::OutOfTime`]. A result never depends on it.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.deadline = Instant::now().checked_add(limit);
        self
    }

    /// Calls `progress` from time to time during long counts.
    #[must_use]
    pub fn on_progress(mut self, progress: &'a dyn Fn(Progress)) -> Self {
        self.progress = Some(progress);
        self
    }

    pub(crate) fn check(&self) -> Result<(), CountError> {
        if self.cancel.0.load(Ordering::Relaxed) {
            return Err(CountError::Cancelled);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(CountError::OutOfTime),
            _ => Ok(()),
        }
    }

    /// The same, in a loop whose steps are short.
    pub(crate) fn check_at(&self, step: usize) -> Result<(), CountError> {
        if step.is_multiple_of(1 << 12) { self.check() } else { Ok(()) }
    }

    /// Says where the count stands, unless it must stop: before, or because of what it says.
    pub(crate) fn tell(&self, progress: Progress) -> Result<(), CountError> {
        self.check()?;
        if let Some(call) = self.progress {
            call(progress);
        }
        self.check()
    }

    /// Says how many projects are selected.
    pub(crate) fn selected(&self, selected: usize, spent: u64) -> Result<(), CountError> {
        self.tell(Progress::Rounds { selected: selected as u64, spent })
    }
}
