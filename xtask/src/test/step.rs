//! One program of the run: started in its own process group, shown while it runs, kept in a log, ended after a limit.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use confab_testkit::process::Group;

use super::tally::{Libtest, Tally, vitest};
use crate::root;

/// A step that hangs is ended: the whole run has 45 minutes on two cores.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// How often new output is shown.
const POLL: Duration = Duration::from_millis(100);

pub struct Step {
    name: &'static str,
    command: Command,
    log: PathBuf,
}

impl Step {
    pub fn new(name: &'static str, command: Command) -> Self {
        let log = root::target("test").join(format!("{}.log", name.replace(' ', "-")));
        Self { name, command, log }
    }

    /// Passes when the program says so; one test.
    pub fn check(self) -> Tally {
        let name = self.name;
        match self.execute(|line| Some(line.to_owned())) {
            Ok(()) => Tally::passed_step(),
            Err(why) => Tally::failed_step(name, &why),
        }
    }

    /// Counts what Rust's test harness reports.
    pub fn libtest(self) -> Tally {
        let name = self.name;
        let mut report = Libtest::default();
        let result = self.execute(|line| report.line(line).then(|| line.to_owned()));
        report.finish(name, result.err())
    }

    /// Counts what Vitest wrote to `json`.
    pub fn vitest(self, json: &Path) -> Tally {
        let name = self.name;
        let result = self.execute(|line| Some(line.to_owned()));
        let text = fs::read_to_string(json).unwrap_or_default();
        vitest(&text, result.err().as_deref()).unwrap_or_else(|why| Tally::failed_step(name, &why))
    }

    /// Runs to the end; `show` sees every line and says what of it is printed. The error says why it failed.
    fn execute(mut self, mut show: impl FnMut(&str) -> Option<String>) -> Result<(), String> {
        println!("\n== {}", self.name);
        let _ = fs::remove_file(&self.log);
        let start = Instant::now();
        let mut group = Group::spawn(&mut self.command, &self.log).map_err(|e| e.to_string())?;
        let file = File::open(&self.log).map_err(|e| format!("{}: {e}", self.log.display()))?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        let status = loop {
            // Asked before reading: what was written before the end is then read for certain.
            let status = group.exited();
            while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                // The file may end in the middle of a line that is still being written.
                if !line.ends_with(b"\n") && status.is_none() {
                    break;
                }
                let text = String::from_utf8_lossy(&line);
                if let Some(text) = show(text.trim_end_matches(['\n', '\r'])) {
                    println!("{text}");
                }
                line.clear();
            }
            if let Some(status) = status {
                break status;
            }
            if start.elapsed() > LIMIT {
                return Err(format!("ended after {} minutes", LIMIT.as_secs() / 60));
            }
            thread::sleep(POLL);
        };
        println!("== {}: {status}, {} s", self.name, start.elapsed().as_secs());
        if status.success() { Ok(()) } else { Err(format!("{status}, see {}", self.log.display())) }
    }
}
