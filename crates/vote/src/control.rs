//! How a caller follows or stops a long count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Where a long count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What was added to each voter's share so far, in currency units (completion by increments).
    pub added: u64,
    /// How many times the rule was run.
    pub runs: u64,
    /// Money spent by the last outcome that fits, in the smallest unit.
    pub spent: u64,
}

/// Cancellation and progress of one count.
#[derive(Default)]
pub struct Control<'a> {
    cancel: Cancel,
    progress: Option<&'a dyn Fn(Progress)>,
}

impl<'a> Control<'a> {
    /// A count that this handle may stop.
    #[must_use]
    pub fn with_cancel(cancel: Cancel) -> Self {
        Self { cancel, progress: None }
    }

    /// Calls `progress` from time to time during long counts.
    #[must_use]
    pub fn on_progress(mut self, progress: &'a dyn Fn(Progress)) -> Self {
        self.progress = Some(progress);
        self
    }

    pub(crate) fn check(&self) -> Result<(), CountError> {
        if self.cancel.0.load(Ordering::Relaxed) { Err(CountError::Cancelled) } else { Ok(()) }
    }

    pub(crate) fn report(&self, progress: Progress) {
        if let Some(call) = self.progress {
            call(progress);
        }
    }
}
