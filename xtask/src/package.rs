//! `cargo xtask package`: installable packages of the desktop app, as people get them.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{root, setup};

/// Fetched when it is needed: among the UI's own packages its binaries for other systems would have to be in the lock
/// file, which not every registry has.
const CLI: &str = "@tauri-apps/cli@2.12.5";

/// Builds the packages of this system: `.deb` and `.rpm` on Linux, what Tauri makes by default elsewhere.
pub fn run() -> Result<()> {
    setup::run(false)?;
    let mut build = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    build.args(["exec", "--yes", "--package", CLI, "--", "tauri", "build"]).current_dir(root::root());
    if cfg!(target_os = "linux") {
        build.args(["--bundles", "deb,rpm"]);
    }
    root::forget_this_package(&mut build);
    let status = build.status().context("starting npm")?;
    if !status.success() {
        bail!("the packages were not built ({status})");
    }
    println!("\nThe packages are below {}", root::target("release/bundle").display());
    Ok(())
}
