//! The UI, the shell with the UI inside, and the agent, built as far as sources changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::root;
use crate::setup::node;

pub struct Binaries {
    pub shell: PathBuf,
    pub agent: PathBuf,
}

pub fn all() -> Result<Binaries> {
    ui()?;
    println!("Building the app (the first time this takes some minutes)");
    let mut cargo = root::cargo(&["build", "--quiet", "--package", "confab", "--package", "confab-agent"]);
    let status = cargo.args(["--features", "confab/custom-protocol"]).status().context("starting cargo")?;
    if !status.success() {
        bail!("the app was not built ({status})");
    }
    let binary = |name: &str| root::target("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Ok(Binaries { shell: binary("confab"), agent: binary("confab-agent") })
}

/// Vite writes new files each time, after which Cargo would link the shell again: only when something changed.
fn ui() -> Result<()> {
    let ui = root::ui();
    let built = changed(&ui.join("dist/index.html"));
    let inputs =
        ["src", "public", "index.html", "incoming.html", "package-lock.json", "vite.config.ts", "tsconfig.json"];
    if inputs.iter().map(|input| newest(&ui.join(input))).max().unwrap_or(built) < built {
        return Ok(());
    }
    println!("Building the UI");
    let out = node::command("npm").args(["run", "build"]).output().context("starting npm")?;
    if !out.status.success() {
        let text = [out.stdout, out.stderr].concat();
        bail!("the UI was not built ({})\n{}", out.status, String::from_utf8_lossy(&text));
    }
    Ok(())
}

fn changed(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// When something in a folder was last changed, or a file; long ago for what is not there.
fn newest(path: &Path) -> SystemTime {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| newest(&entry.path())).max().unwrap_or(SystemTime::UNIX_EPOCH).max(changed(path))
}
