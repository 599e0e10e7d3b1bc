//! `cargo deny`: licences, bans and sources of all dependencies, and known vulnerabilities when the database can be had.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::root;

/// The program, compiled once into the person's cargo folder if it is missing (the package on PyPI stopped at a version
/// that does not know today's licence names).
pub fn program() -> Result<PathBuf> {
    if confab_testkit::process::is_installed("cargo-deny") {
        return Ok("cargo-deny".into());
    }
    let program = cargo_home().join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    println!("cargo-deny is compiled once (some minutes)");
    let mut cargo = root::cargo(&["install", "cargo-deny", "--locked", "--quiet"]);
    let status = cargo.status().context("starting cargo install")?;
    if !status.success() {
        bail!("cargo install cargo-deny failed ({status})");
    }
    Ok(program)
}

fn cargo_home() -> PathBuf {
    let home = || std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Can the database of known vulnerabilities be fetched? Asked with git itself, which is what fetches it.
pub fn is_database_reachable() -> bool {
    let mut git = Command::new("git");
    git.args(["-c", "http.lowSpeedTime=10", "-c", "http.lowSpeedLimit=1", "ls-remote", "--heads"]);
    git.arg("https://github.com/RustSec/advisory-db").env("GIT_TERMINAL_PROMPT", "0");
    git.output().is_ok_and(|out| out.status.success())
}
