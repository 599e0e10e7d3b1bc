//! `cargo xtask package`: installable packages of the desktop app, as people get them.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{root, setup};

/// Builds the packages of this system: `.deb` and `.rpm` on Linux, what Tauri makes by default elsewhere.
pub fn run() -> Result<()> {
    setup::run(false)?;
    let tauri = root::ui().join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut build = Command::new(&tauri);
    build.arg("build").current_dir(root::root());
    if cfg!(target_os = "linux") {
        build.args(["--bundles", "deb,rpm"]);
    }
    let status = build.status().with_context(|| tauri.display().to_string())?;
    if !status.success() {
        bail!("the packages were not built ({status})");
    }
    println!("\nThe packages are below {}", root::target("release/bundle").display());
    Ok(())
}
