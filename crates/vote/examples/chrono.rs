//! Reads a `.pb` file, counts it, and prints CPU times in milliseconds, one line for each rule, with the winners when ties go
//! by identifier, as in pabutools: `cargo run --release --example chrono FILE RULE [RULE…]`.

use std::io::{ErrorKind, Write};
use std::time::Instant;

use vote::pabulib::{ReadError, ReadOptions, read};
use vote::{Control, Rule, TieBreak};

/// Time spent on a processor by this thread, where Linux tells it; time of the clock elsewhere.
struct Chrono {
    started: Instant,
    cpu: Option<f64>,
}

impl Chrono {
    fn start() -> Self {
        Self { started: Instant::now(), cpu: Self::cpu() }
    }

    fn cpu() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e6)
    }

    fn milliseconds(&self) -> f64 {
        match (self.cpu, Self::cpu()) {
            (Some(before), Some(after)) => after - before,
            _ => self.started.elapsed().as_secs_f64() * 1e3,
        }
    }
}

/// Mean time of a run. The clock is read once for many short runs: reading it takes longer than some of them.
fn average<T, E>(mut run: impl FnMut() -> Result<T, E>) -> Result<f64, E> {
    let mut runs = 1_u32;
    loop {
        let chrono = Chrono::start();
        let mut last = None;
        for _ in 0..runs {
            last = Some(run()?);
        }
        let spent = chrono.milliseconds();
        drop(last);
        if spent > 100.0 {
            return Ok(spent / f64::from(runs));
        }
        runs *= 2;
    }
}

/// Mean time of a reading by the clock, without that of forgetting what was read.
fn reading(bytes: &[u8]) -> Result<f64, ReadError> {
    let (mut spent, mut runs) = (0.0, 0_u32);
    while spent < 100.0 {
        let started = Instant::now();
        let document = read(bytes, ReadOptions::default())?;
        spent += started.elapsed().as_secs_f64() * 1e3;
        runs += 1;
        drop(document);
    }
    Ok(spent / f64::from(runs))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match measure(&mut std::io::stdout().lock()) {
        // Whoever reads has read enough.
        Err(error) if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe) => {
            Ok(())
        }
        result => result,
    }
}

fn measure(out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("FILE RULE [RULE…]")?;
    let bytes = std::fs::read(&path)?;
    let reading = reading(&bytes)?;
    let document = read(&bytes, ReadOptions::default())?;
    let election = &document.election;
    let speed = f64::from(u32::try_from(bytes.len())?) / 1e3 / reading;
    writeln!(
        out,
        "read {reading:.2} ms {speed:.0} MB/s, {} bytes, {} ballots, {} groups",
        bytes.len(),
        election.ballots.total(),
        election.ballots.groups()
    )?;
    for name in arguments {
        let rule = Rule::from_name(&name)?;
        let count = || rule.count(election, &TieBreak::Recommended, &Control::default());
        let outcome = count()?;
        let by_id = rule.count(election, &TieBreak::Lexico, &Control::default())?;
        writeln!(
            out,
            "{name} {:.6} ms {} winners, total {}, exact {}, runs {}, redone {}, bits {}; winners by lexico {:?}",
            average(count)?,
            outcome.winners.len(),
            election.amount(outcome.total),
            outcome.exact,
            outcome.increments.as_ref().map_or(1, |increments| increments.runs),
            outcome.certificate.redone,
            outcome.certificate.denominator_bits,
            by_id.winner_ids(election),
        )?;
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        writeln!(out, "{peak}")?;
    }
    Ok(())
}
