//! Where things are in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's top folder, wherever the command was typed.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// `target/` with a path below it.
pub fn target(below: &str) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join(below)
}

/// The folder of the UI.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo, in the repository's top folder, as if it were typed there.
pub fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(args).current_dir(root());
    forget_this_package(&mut cargo);
    cargo
}

/// `cargo xtask` runs with variables about xtask's own package. Build scripts that watch such variables (ring's does)
/// would run again, with all that stands on them, each time somebody changes between `cargo build` and `cargo xtask`.
pub fn forget_this_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if is_about_this_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
}

fn is_about_this_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_CRATE_NAME"
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    #[test]
    fn cargo_hears_of_settings_but_not_of_this_package() {
        // Tests run under Cargo, so the variables are there.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        let cargo = super::cargo(&["build"]);
        let removed: Vec<_> = cargo.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(removed.contains(&OsStr::new("CARGO_MANIFEST_DIR")), "{removed:?}");
        assert!(!super::is_about_this_package("CARGO_TARGET_DIR"));
        assert!(!super::is_about_this_package("CARGO_TERM_COLOR"));
    }
}
