//! CPU time and memory of a process with all its descendants, from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Clock ticks per second of `/proc/PID/stat`; 100 on every Linux that people run.
const TICKS: u64 = 100;

/// CPU time used so far by the process and those that descend from it.
pub fn cpu_time(root: u32) -> Result<Duration> {
    let processes = processes()?;
    let mut wanted = vec![root];
    let mut ticks = 0;
    while let Some(parent) = wanted.pop() {
        if let Some(process) = processes.get(&parent) {
            ticks += process.ticks;
        }
        wanted.extend(processes.iter().filter(|(_, process)| process.parent == parent).map(|(id, _)| *id));
    }
    Ok(Duration::from_millis(ticks * 1_000 / TICKS))
}

struct Process {
    parent: u32,
    ticks: u64,
}

fn processes() -> Result<HashMap<u32, Process>> {
    let entries = fs::read_dir("/proc").context("this bench needs /proc")?;
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // A process that ends meanwhile is left out.
    Ok(ids.filter_map(|id| Some((id, parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?))).collect())
}

/// proc(5): after the name in parentheses come state, parent, …; user and system time of the process are the 14th and
/// 15th field, those of children that have ended the 16th and 17th.
fn parse(stat: &str) -> Option<Process> {
    let after = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Process {
        parent: u32::try_from(number(1)?).ok()?,
        ticks: number(11)? + number(12)? + number(13)? + number(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_is_skipped() {
        let process = parse("7 (a (b) c) S 3 7 7 0 -1 0 0 0 0 0 100 20 5 1 20 0").expect("well formed");
        assert_eq!((process.parent, process.ticks), (3, 126));
        assert!(parse("").is_none());
    }
}
