//! `cargo xtask test`: every check and every test, all steps even when one fails, the sum in the last line.
//!
//! A check (format, lints, licences, build) counts as one test. A test that says `SKIPPED: reason` is counted as skipped;
//! in CI that fails the run.

mod step;
mod tally;

use std::process::{Command, ExitCode};

use crate::setup::{self, node};
use crate::{deny, root};
use step::Step;
use tally::Tally;

/// One set of features for lints, build and tests: a second set would compile the shell again.
const FEATURES: [&str; 3] = ["--workspace", "--features", "custom-protocol"];

#[derive(clap::Args)]
pub struct Options {
    /// Only these steps: fmt, ui, clippy, deny, rust
    #[arg(value_parser = ["fmt", "ui", "clippy", "deny", "rust"])]
    steps: Vec<String>,
}

pub fn run(options: &Options) -> ExitCode {
    let wanted = |name: &str| options.steps.is_empty() || options.steps.iter().any(|step| step == name);
    let mut sum = Tally::default();
    println!("== setup");
    if let Err(e) = setup::run(false) {
        // What is missing shows in the steps that need it; the others still count.
        println!("{e:#}");
        sum.add(Tally::failed_step("setup", &format!("{e:#}")));
    }
    if wanted("fmt") {
        sum.add(Step::new("cargo fmt", root::cargo(&["fmt", "--all", "--check"])).check());
    }
    if wanted("ui") || wanted("clippy") || wanted("rust") {
        // The shell embeds the built UI: it must be there before the shell is compiled.
        ui(&mut sum, wanted("ui"));
    }
    if wanted("clippy") {
        let mut clippy = root::cargo(&["clippy", "--all-targets"]);
        clippy.args(FEATURES).args(["--", "-D", "warnings"]);
        sum.add(Step::new("cargo clippy", clippy).check());
    }
    if wanted("deny") {
        sum.add(licences());
    }
    if wanted("rust") {
        let mut build = root::cargo(&["build", "--all-targets"]);
        build.args(FEATURES);
        sum.add(Step::new("cargo build", build).check());
        let mut test = root::cargo(&["test", "--no-fail-fast"]);
        test.args(FEATURES).args(["--", "--show-output"]);
        sum.add(Step::new("cargo test", test).libtest());
    }
    if setup::is_ci() {
        sum.forbid_skipping();
    }
    sum.print();
    if sum.failed() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn ui(sum: &mut Tally, all: bool) {
    let npm = |args: &[&str]| {
        let mut npm = node::command("npm");
        npm.args(args);
        npm
    };
    if all {
        sum.add(Step::new("svelte-check", npm(&["run", "check"])).check());
        sum.add(Step::new("eslint and prettier", npm(&["run", "lint"])).check());
        let report = root::target("test/vitest.json");
        // An old report must not pass for a new one.
        let _ = std::fs::remove_file(&report);
        let mut vitest = npm(&["test", "--", "--reporter=default", "--reporter=json"]);
        vitest.arg(format!("--outputFile.json={}", report.display()));
        sum.add(Step::new("vitest", vitest).vitest(&report));
    }
    sum.add(Step::new("vite build", npm(&["run", "build"])).check());
}

fn licences() -> Tally {
    let program = match deny::program() {
        Ok(program) => program,
        Err(e) => return Tally::failed_step("cargo deny", &format!("{e:#}")),
    };
    let mut command = Command::new(program);
    command.current_dir(root::root()).args(["--all-features", "check", "licenses", "bans", "sources"]);
    if deny::is_database_reachable() {
        command.arg("advisories");
    } else {
        println!("\nThe database of known vulnerabilities cannot be reached: licences, bans and sources only.");
    }
    Step::new("cargo deny", command).check()
}
