//! `cargo xtask package`: installable packages of the desktop app, as people get them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use confab_testkit::process::{is_installed, run as output};
use serde_json::{Value, json};

use crate::{root, setup};

/// Fetched when it is needed: among the UI's own packages its binaries for other systems would have to be in the lock
/// file, which not every registry has.
const CLI: &str = "@tauri-apps/cli@2.12.5";

/// Loaded while the app runs, so that the program's list of libraries does not name them: what the web view decodes
/// sound and pictures with.
const DEB_MORE: &[&str] = &["gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"];
const RPM_MORE: &[&str] = &["gstreamer1-plugins-base", "gstreamer1-plugins-good"];

/// Builds the packages of this system: `.deb` and `.rpm` on Linux, what Tauri makes by default elsewhere.
pub fn run() -> Result<()> {
    setup::run(false)?;
    if cfg!(target_os = "linux") {
        tauri(&["build", "--no-bundle"])?;
        let program = root::target("release/confab");
        let config = json!({ "bundle": { "linux": {
            "deb": { "depends": deb_depends(&program)? },
            "rpm": { "depends": rpm_depends(&program)? },
        } } });
        tauri(&["bundle", "--bundles", "deb,rpm", "--config", &config.to_string()])?;
    } else {
        tauri(&["build"])?;
    }
    println!("\nThe packages are below {}", root::target("release/bundle").display());
    Ok(())
}

fn tauri(args: &[&str]) -> Result<()> {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["exec", "--yes", "--package", CLI, "--", "tauri"]).args(args).current_dir(root::root());
    root::forget_this_package(&mut npm);
    let status = npm.status().context("starting npm")?;
    if !status.success() {
        bail!("the packages were not built ({status})");
    }
    Ok(())
}

/// The packages that own the libraries which this very program was linked to. A list written by hand would let it be
/// installed where a library has another version, and it would not start.
fn deb_depends(program: &Path) -> Result<Value> {
    let mut packages: BTreeSet<String> = DEB_MORE.iter().map(|name| (*name).to_owned()).collect();
    if is_installed("dpkg-query") {
        for file in libraries(program)? {
            packages.insert(owner(&file)?);
        }
    } else {
        println!(
            "Without dpkg the .deb does not say which libraries it needs: for others, build it on Debian or Ubuntu"
        );
    }
    Ok(json!(packages))
}

/// An rpm names the library itself, as rpm's own tools do.
fn rpm_depends(program: &Path) -> Result<Value> {
    let width = if cfg!(target_pointer_width = "64") { "()(64bit)" } else { "" };
    let dynamic = output(Command::new("readelf").arg("-d").arg(program))?;
    let sonames = needed(&dynamic).into_iter().map(|soname| format!("{soname}{width}"));
    Ok(json!(sonames.chain(RPM_MORE.iter().map(|name| (*name).to_owned())).collect::<BTreeSet<_>>()))
}

/// The names in a program's dynamic section, except the loader itself.
fn needed(dynamic: &str) -> Vec<String> {
    let names = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let names = names.filter_map(|line| Some(line.split_once('[')?.1.trim_end().trim_end_matches(']').to_owned()));
    names.filter(|name| !name.starts_with("ld-linux")).collect()
}

/// The files of the libraries that a program names itself.
fn libraries(program: &Path) -> Result<Vec<String>> {
    let wanted = needed(&output(Command::new("readelf").arg("-d").arg(program))?);
    let found = output(Command::new("ldd").arg(program))?;
    wanted
        .iter()
        .map(|name| {
            let file = found.lines().find_map(|line| {
                let (found, file) = line.trim().split_once(" => ")?;
                (found == name).then(|| file.split(" (").next().unwrap_or(file).to_owned())
            });
            file.with_context(|| format!("{name} is not on this system"))
        })
        .collect()
}

fn owner(file: &str) -> Result<String> {
    // dpkg knows the place where the file was installed, which may be reached by a link (/lib → /usr/lib).
    let real = std::fs::canonicalize(file).with_context(|| file.to_owned())?;
    let real = real.to_string_lossy().into_owned();
    let places = [real.clone(), real.strip_prefix("/usr").unwrap_or(&real).to_owned(), file.to_owned()];
    let found = places.iter().find_map(|place| output(Command::new("dpkg-query").arg("-S").arg(place)).ok());
    let found = found.with_context(|| format!("no package owns {file}"))?;
    let package = found.split(':').next().unwrap_or_default().trim();
    if package.is_empty() { bail!("no package owns {file}") } else { Ok(package.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::needed;

    #[test]
    fn the_libraries_that_a_program_names() {
        let dynamic = "Dynamic section at offset 0x2e8 contains 30 entries:\n\
             0x0000000000000001 (NEEDED)             Shared library: [libvpx.so.7]\n\
             0x0000000000000001 (NEEDED)             Shared library: [ld-linux-x86-64.so.2]\n\
             0x000000000000000c (INIT)               0x4000\n";
        assert_eq!(needed(dynamic), ["libvpx.so.7"]);
    }
}
