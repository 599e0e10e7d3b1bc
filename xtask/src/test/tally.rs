//! Counting: what Rust's harness and Vitest print, added up.

use serde::Deserialize;

/// Results of one step or of the whole run.
#[derive(Debug, Default, PartialEq)]
pub struct Tally {
    passed: usize,
    /// One line for each: the test, or the step and why.
    failures: Vec<String>,
    /// One line for each, with the reason.
    skips: Vec<String>,
    /// What is marked `#[ignore]` because another test runs it as its child, or because it only prints measurements.
    ignored: Vec<String>,
}

impl Tally {
    pub fn passed_step() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    pub fn failed_step(name: &str, why: &str) -> Self {
        Self { failures: vec![format!("{name}: {why}")], ..Self::default() }
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failures.extend(other.failures);
        self.skips.extend(other.skips);
        self.ignored.extend(other.ignored);
    }

    pub fn failed(&self) -> usize {
        self.failures.len()
    }

    /// Counts "nothing was skipped" as one more test.
    pub fn forbid_skipping(&mut self) {
        match self.skips.len() {
            0 => self.passed += 1,
            skipped => self.failures.push(format!("{skipped} skipped, and in CI nothing may be")),
        }
    }

    /// What failed, what was skipped, and the sum as the very last line.
    pub fn print(&self) {
        println!();
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        for skip in &self.skips {
            println!("skipped: {skip}");
        }
        for ignored in &self.ignored {
            println!("not a test of its own: {ignored}");
        }
        println!("{}", self.sum());
    }

    fn sum(&self) -> String {
        let skipped = if self.skips.is_empty() { String::new() } else { format!(", {} skipped", self.skips.len()) };
        format!("{} passed, {} failed{skipped}", self.passed, self.failures.len())
    }
}

/// Reads the output of `cargo test -- --show-output`.
#[derive(Debug, Default)]
pub struct Libtest {
    tally: Tally,
    /// Inside the part with the output of tests that passed.
    in_successes: bool,
    /// The test whose output is being read.
    current: Option<String>,
    /// A test program said "running" and has not said its result yet.
    is_running: bool,
    /// What cargo runs, for the message when it crashes.
    program: String,
}

impl Libtest {
    /// Takes one line; should it be shown?
    pub fn line(&mut self, line: &str) -> bool {
        if let Some(program) =
            line.trim_start().strip_prefix("Running ").or(line.trim_start().strip_prefix("Doc-tests "))
        {
            self.crashed();
            self.program = program.to_owned();
        } else if line.starts_with("running ") && line.ends_with(" tests") | line.ends_with(" test") {
            self.is_running = true;
            self.in_successes = false;
        } else if line == "successes:" {
            self.in_successes = true;
        } else if line == "failures:" {
            self.in_successes = false;
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|l| l.strip_suffix(" stdout ----")) {
            self.current = Some(name.to_owned());
        } else if let Some(reason) = line.strip_prefix("SKIPPED: ") {
            let name = self.current.as_deref().unwrap_or("a test");
            self.tally.skips.push(format!("{name}: {reason}"));
            return true;
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            self.result(rest);
        } else if let Some(name) = line.strip_prefix("test ").and_then(|l| l.strip_suffix(" ... FAILED")) {
            self.tally.failures.push(name.to_owned());
        } else if let Some((name, reason)) = line.strip_prefix("test ").and_then(|l| l.split_once(" ... ignored")) {
            let line = format!("{name}: ignored{reason}");
            if is_no_test(reason.trim_start_matches([',', ' '])) {
                self.tally.ignored.push(line);
            } else {
                self.tally.skips.push(line);
            }
        }
        !self.in_successes
    }

    /// "ok. 7 passed; 0 failed; …". Failed and ignored tests were counted by name already.
    fn result(&mut self, rest: &str) {
        let passed = rest.split(['.', ';']).find_map(|part| part.trim().strip_suffix(" passed")?.parse::<usize>().ok());
        self.tally.passed += passed.unwrap_or(0);
        self.is_running = false;
        self.in_successes = false;
        self.current = None;
    }

    fn crashed(&mut self) {
        if std::mem::take(&mut self.is_running) {
            self.tally.failures.push(format!("{} ended before its result", self.program));
        }
    }

    /// The sum; `error` is how the program failed as a whole.
    pub fn finish(mut self, name: &str, error: Option<String>) -> Tally {
        self.crashed();
        let skipped = self.tally.skips.iter().filter(|skip| !skip.contains(": ignored")).count();
        // A test that returned early passed in the eyes of the harness.
        self.tally.passed = self.tally.passed.saturating_sub(skipped);
        match error {
            Some(why) if self.tally.failures.is_empty() => self.tally.failures.push(format!("{name}: {why}")),
            _ => {}
        }
        self.tally
    }
}

/// Why something is marked `#[ignore]` that checks nothing by itself. Any other reason is a skipped test.
fn is_no_test(reason: &str) -> bool {
    ["the child of ", "run by ", "prints measurements", "a measurement "].iter().any(|why| reason.starts_with(why))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestReport {
    success: bool,
    num_passed_tests: usize,
    num_pending_tests: usize,
    #[serde(default)]
    num_todo_tests: usize,
    #[serde(default)]
    test_results: Vec<VitestFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestFile {
    name: String,
    #[serde(default)]
    assertion_results: Vec<VitestTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestTest {
    full_name: String,
    status: String,
}

/// Reads Vitest's JSON report; `error` is how the program failed as a whole.
pub fn vitest(json: &str, error: Option<&str>) -> Result<Tally, String> {
    let report: VitestReport = serde_json::from_str(json).map_err(|e| match error {
        Some(why) => format!("no report ({why})"),
        None => format!("the report cannot be read: {e}"),
    })?;
    let mut tally = Tally { passed: report.num_passed_tests, ..Tally::default() };
    for file in &report.test_results {
        for test in file.assertion_results.iter().filter(|test| test.status == "failed") {
            tally.failures.push(format!("{}: {}", file.name, test.full_name));
        }
    }
    let skipped = report.num_pending_tests + report.num_todo_tests;
    tally.skips.extend((0..skipped).map(|_| "a UI test: skipped or to do".to_owned()));
    // A file that does not load has no tests that could fail.
    if tally.failures.is_empty() && (!report.success || error.is_some()) {
        tally.failures.push(format!("vitest: {}", error.unwrap_or("a test file could not be run")));
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, error: Option<&str>) -> Tally {
        let mut report = Libtest::default();
        for line in text.lines() {
            report.line(line);
        }
        report.finish("cargo test", error.map(str::to_owned))
    }

    const TWO_PROGRAMS: &str = "\
     Running unittests src/lib.rs (target/debug/deps/a-1)

running 4 tests
test a::works ... ok
test a::no_camera ... ok
test a::later ... ignored, needs a real camera
test a::broken ... FAILED

successes:

---- a::no_camera stdout ----
SKIPPED: no camera

successes:
    a::no_camera
    a::works

failures:

---- a::broken stdout ----
it broke

failures:
    a::broken

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running unittests src/lib.rs (target/debug/deps/b-1)

running 1 test
test b::works ... ok

successes:

successes:
    b::works

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn programs_are_added_up() {
        let tally = read(TWO_PROGRAMS, Some("exit status: 101"));
        assert_eq!(tally.failures, ["a::broken"]);
        assert_eq!(tally.skips, ["a::later: ignored, needs a real camera", "a::no_camera: no camera"]);
        assert_eq!(tally.sum(), "2 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn children_and_measurements_are_no_skipped_tests() {
        let text = "     Running tests/it/main.rs (target/debug/deps/it-1)\n\nrunning 3 tests\ntest a ... ok\n\
            test b ... ignored, run by a\ntest c ... ignored\n\n\
            test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let tally = read(text, None);
        assert_eq!(tally.ignored, ["b: ignored, run by a"]);
        assert_eq!(tally.skips, ["c: ignored"]);
        assert_eq!(tally.sum(), "1 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_crash_is_a_failure() {
        let text = "     Running tests/it/main.rs (target/debug/deps/it-1)\n\nrunning 3 tests\ntest a ... ok\n";
        let tally = read(text, Some("signal: 6"));
        assert_eq!(tally.failures, ["tests/it/main.rs (target/debug/deps/it-1) ended before its result"]);
        let tally = read("error: could not compile `x`\n", Some("exit status: 101"));
        assert_eq!(tally.failures, ["cargo test: exit status: 101"]);
    }

    #[test]
    fn the_output_of_passed_tests_is_not_shown() {
        let mut report = Libtest::default();
        let shown: Vec<&str> = TWO_PROGRAMS.lines().filter(|line| report.line(line)).collect();
        assert!(!shown.contains(&"    a::works"));
        assert!(shown.contains(&"it broke") && shown.contains(&"SKIPPED: no camera"));
    }

    #[test]
    fn skips_fail_only_where_they_are_forbidden() {
        let mut tally = read(TWO_PROGRAMS, None);
        tally.forbid_skipping();
        assert_eq!(tally.failed(), 2);
        let mut clean = Tally::passed_step();
        clean.forbid_skipping();
        assert_eq!(clean.sum(), "2 passed, 0 failed");
    }

    #[test]
    fn a_ui_file_that_does_not_load_is_a_failure() {
        let json = r#"{"success":false,"numPassedTests":3,"numPendingTests":0,"testResults":[{"name":"a","assertionResults":[]}]}"#;
        assert_eq!(vitest(json, Some("exit status: 1")).map(|t| t.sum()), Ok("3 passed, 1 failed".into()));
        let json = r#"{"success":true,"numPassedTests":3,"numPendingTests":1,"testResults":[]}"#;
        assert_eq!(vitest(json, None).map(|t| t.sum()), Ok("3 passed, 0 failed, 1 skipped".into()));
        assert!(vitest("", Some("exit status: 1")).is_err());
    }
}
