//! Ballots read are grouped, on another thread when they are many.

use std::sync::mpsc;

use super::ReadError;
use crate::election::{Ballots, Batch};

/// Past so many bytes of ballots, they are grouped on another thread while the next ones are read.
pub(super) const APART: usize = 64 * 1024;
/// Lists that may wait between the two.
const WAITING: usize = 4;

/// Groups the ballots that `read` hands over.
pub(super) fn grouped<T>(
    expected: (usize, usize),
    apart: bool,
    read: impl FnOnce(&mut dyn FnMut(Batch) -> Batch) -> Result<T, ReadError>,
) -> Result<(T, Ballots), ReadError> {
    if !apart {
        return grouped_here(expected, read);
    }
    std::thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel::<Batch>(WAITING);
        let (give_back, take_back) = mpsc::channel();
        let grouping = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut ballots = Ballots::with_room(expected.0, expected.1);
            for mut batch in take {
                ballots.push_batch(&mut batch);
                // Nobody takes it back once all is read.
                let _ = give_back.send(batch);
            }
            ballots
        });
        // Where no thread can be had, all is done here.
        let Ok(grouping) = grouping else { return grouped_here(expected, read) };
        let mut hand_over = |batch| {
            // Only a panic of the other thread closes this way: it is met below.
            let _ = give.send(batch);
            take_back.try_recv().unwrap_or_default()
        };
        let read = read(&mut hand_over);
        drop(give);
        let ballots = grouping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((read?, ballots))
    })
}

/// The same, without another thread.
fn grouped_here<T>(
    expected: (usize, usize),
    read: impl FnOnce(&mut dyn FnMut(Batch) -> Batch) -> Result<T, ReadError>,
) -> Result<(T, Ballots), ReadError> {
    let mut ballots = Ballots::with_room(expected.0, expected.1);
    let read = read(&mut |mut batch| {
        ballots.push_batch(&mut batch);
        batch
    })?;
    Ok((read, ballots))
}

#[cfg(test)]
mod tests {
    use super::super::error;
    use super::*;
    use crate::election::Choice;

    /// 30,000 ballots, some alike: more than one list, and a last one that is not full.
    fn hand_over(group: &mut dyn FnMut(Batch) -> Batch) {
        let mut batch = Batch::default();
        for ballot in 0..30_000_u32 {
            let projects = [ballot % 7, 7 + ballot % 11, 18 + ballot % 101];
            batch.next().0.extend(projects.map(|project| Choice { project, points: 1 }));
            if batch.close() {
                batch = group(std::mem::take(&mut batch));
            }
        }
        group(batch);
    }

    #[test]
    fn grouping_on_another_thread_changes_nothing() {
        let group = |apart| {
            let read = |group: &mut dyn FnMut(Batch) -> Batch| {
                hand_over(group);
                Ok(())
            };
            grouped((10, 40), apart, read).unwrap().1
        };
        let (here, there) = (group(false), group(true));
        assert_eq!((here.total(), here.groups()), (30_000, 7 * 11 * 101));
        assert_eq!(here.group_of(), there.group_of());
        assert!(here.iter().eq(there.iter()));
    }

    #[test]
    fn an_error_stops_both_threads() {
        let failed = grouped((10, 40), true, |group| {
            hand_over(group);
            Err::<(), ReadError>(error(3, "faux"))
        });
        assert_eq!(failed.unwrap_err().line, 3);
    }
}
