//! Peak memory of a record, for one process that does nothing else: a test binary of its own.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails with a line number, and says what it skips")]

use std::fmt::Write as _;

use vote::pabulib::ReadOptions;
use vote::record::{Parameters, count};
use vote::{Control, Rule, TieBreak};

/// A line of what Linux knows of this process, in bytes.
fn status(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(1024 * line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().ok()?)
}

/// The most memory that counting this file takes, the file itself included, over its size.
fn peak_over_size(bytes: &[u8], rule: &str) -> Option<u64> {
    let parameters = Parameters {
        rule: Rule::from_name(rule).unwrap(),
        tie: TieBreak::Recommended,
        clauses: Vec::new(),
        reading: ReadOptions::default(),
        doubtful: Vec::new(),
        explained: None,
    };
    // Forgets the peak so far.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS")?;
    let counted = count(bytes, &parameters, &Control::default()).unwrap();
    let peak = status("VmHWM")?;
    drop(counted);
    let size = bytes.len() as u64;
    eprintln!("{rule} : {} ko pour {} ko", (peak - before + size) / 1024, size / 1024);
    Some((peak - before + size) / size)
}

/// Sixty thousand ballots, nearly all different.
fn invented() -> String {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |limit: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % limit
    };
    let mut text = "META\nkey;value\nbudget;20000000\nvote_type;approval\nnum_votes;60000\nPROJECTS\nproject_id;cost\n".to_owned();
    (0..80).for_each(|project| writeln!(text, "{};{}", 1000 + project, 100_000 + below(900_000)).unwrap());
    text += "VOTES\nvoter_id;age;sex;voting_method;vote\n";
    for voter in 0..60_000 {
        let mut named: Vec<String> = (0..5).map(|_| (1000 + below(80)).to_string()).collect();
        named.sort();
        named.dedup();
        writeln!(text, "{voter};34;F;internet;{}", named.join(",")).unwrap();
    }
    text
}

#[test]
fn a_record_takes_less_than_ten_times_its_file() {
    if status("VmHWM").is_none() {
        eprintln!("SAUTÉ : ce système ne dit pas la mémoire d’un processus");
        return;
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/pabulib/Poland_Warszawa_2026.pb");
    let real = std::fs::read(path);
    if real.is_err() {
        eprintln!("SAUTÉ : {path} est absent");
    }
    for bytes in [invented().into_bytes()].into_iter().chain(real) {
        for rule in ["greedy_votes", "mes_cost", "mes_cost_add1", "bos_cost", "phragmen"] {
            match peak_over_size(&bytes, rule) {
                Some(times) => assert!(times < 10, "{rule} : {times} fois le fichier"),
                None => eprintln!("SAUTÉ : ce système ne dit pas la mémoire d’un processus"),
            }
        }
    }
}
