//! Peak memory of a record, for one process that does nothing else: a test binary of its own.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails with a line number, and says what it skips"
)]

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

/// The most memory that counting this file takes, the file itself included, in parts of its size. Asked to a process of its
/// own: memory given back stays with a process.
fn measure(path: &str, rule: &str) -> Option<()> {
    let before = status("VmRSS")?;
    let bytes = std::fs::read(path).unwrap();
    let parameters = Parameters {
        rule: Rule::from_name(rule).unwrap(),
        tie: TieBreak::Recommended,
        clauses: Vec::new(),
        reading: ReadOptions::default(),
        doubtful: Vec::new(),
        explained: None,
    };
    let counted = count(&bytes, &parameters, &Control::default()).unwrap();
    eprintln!("PIC {} {} {}", status("VmHWM")? - before, bytes.len(), counted.outcome.winners.len());
    Some(())
}

/// The same, from the process that was asked.
fn peak_over_size(path: &str, rule: &str) -> Option<f64> {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--nocapture", "a_record_takes_less_than_ten_times_its_file"])
        .env(ASKED, format!("{path}\n{rule}"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let numbers: Vec<f64> = told
        .lines()
        .find_map(|line| line.strip_prefix("PIC "))?
        .split(' ')
        .filter_map(|number| number.parse().ok())
        .collect();
    eprintln!("{rule} : {:.1} fois {:.1} Mo", numbers[0] / numbers[1], numbers[1] / 1e6);
    Some(numbers[0] / numbers[1])
}

/// Tells a process what to measure.
const ASKED: &str = "VOTE_MEMORY_OF";

/// Sixty thousand ballots, nearly all different.
fn invented() -> String {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |limit: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % limit
    };
    let mut text =
        "META\nkey;value\nbudget;20000000\nvote_type;approval\nnum_votes;60000\nPROJECTS\nproject_id;cost\n".to_owned();
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
    if let Ok(asked) = std::env::var(ASKED) {
        let (path, rule) = asked.split_once('\n').unwrap();
        measure(path, rule);
        return;
    }
    let folder = std::env::temp_dir().join(format!("vote-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let written = folder.join("invented.pb");
    std::fs::write(&written, invented()).unwrap();
    let real = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/pabulib/Poland_Warszawa_2026.pb");
    for path in [written.to_str().unwrap(), real] {
        if !std::path::Path::new(path).exists() {
            eprintln!("SAUTÉ : {path} est absent");
            continue;
        }
        for rule in ["greedy_votes", "mes_cost", "bos_cost", "phragmen"] {
            match peak_over_size(path, rule) {
                Some(times) => assert!(times < 10.0, "{rule} : {times:.1} fois le fichier"),
                None => eprintln!("SAUTÉ : ce système ne dit pas la mémoire d’un processus"),
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}
