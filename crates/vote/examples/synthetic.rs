//! Writes an invented vote: `cargo run --release --example synthetic BALLOTS PROJECTS BUDGET > file.pb`.
//!
//! The same numbers always give the same file. Popularity falls with the number of the project, costs go from 0.3 % to 5 %
//! of the envelope, ballots name 1 to 8 projects, with a taste for one of ten districts.

use std::io::Write;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<u64> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let &[ballots, projects, budget] = &numbers[..] else { return Err("BALLOTS PROJECTS BUDGET".into()) };
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(
        out,
        "META\nkey;value\ndescription;invented\ncountry;France\nnum_projects;{projects}\nnum_votes;{ballots}"
    )?;
    writeln!(out, "budget;{budget}\nvote_type;approval\nPROJECTS\nproject_id;cost;name")?;
    for project in 0..projects {
        let cost = budget * (3 + random.below(48)) / 1000 + random.below(97) + 1;
        writeln!(out, "{project};{cost};Projet {project}")?;
    }
    writeln!(out, "VOTES\nvoter_id;vote")?;
    for voter in 0..ballots {
        let district = random.below(10);
        let mut named: Vec<u64> = Vec::new();
        for _ in 0..=random.below(8) {
            // The product of two draws prefers small numbers.
            let drawn = random.below(projects) * random.below(projects) / projects;
            let project = if random.below(3) == 0 { drawn } else { (drawn / 10 * 10 + district) % projects };
            if !named.contains(&project) {
                named.push(project);
            }
        }
        let list: Vec<String> = named.iter().map(u64::to_string).collect();
        writeln!(out, "{voter};{}", list.join(","))?;
    }
    Ok(())
}
