//! Limits on sets of projects: exclusive groups, caps per bearer, sub-envelopes.

/// What asks for a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// A cap for a bearer.
    Bearer,
    /// Projects that exclude one another.
    Exclusive,
    /// A phase of the count.
    #[default]
    Other,
}

/// At most so many projects, or so much money, among `members`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limit {
    pub(crate) kind: Kind,
    pub(crate) members: Vec<usize>,
    pub(crate) max_count: Option<u64>,
    pub(crate) max_cost: Option<u64>,
}

/// What is still allowed, while projects are selected one by one. A project once refused stays refused.
#[derive(Debug, Clone)]
pub(crate) struct Allowance<'l> {
    limits: &'l [Limit],
    of_project: Vec<Vec<usize>>,
    used: Vec<(u64, u64)>,
}

impl<'l> Allowance<'l> {
    pub(crate) fn new(limits: &'l [Limit], projects: usize) -> Self {
        let mut of_project = vec![Vec::new(); projects];
        for (position, limit) in limits.iter().enumerate() {
            for &member in &limit.members {
                of_project[member].push(position);
            }
        }
        Self { limits, of_project, used: vec![(0, 0); limits.len()] }
    }

    pub(crate) fn allows(&self, project: usize, cost: u64) -> bool {
        self.of_project[project].iter().all(|&limit| {
            let (count, spent) = self.used[limit];
            self.limits[limit].max_count.is_none_or(|max| count < max)
                && self.limits[limit].max_cost.is_none_or(|max| spent + cost <= max)
        })
    }

    pub(crate) fn take(&mut self, project: usize, cost: u64) {
        for &limit in &self.of_project[project] {
            self.used[limit].0 += 1;
            self.used[limit].1 += cost;
        }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.limits.is_empty()
    }
}
