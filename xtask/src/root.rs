//! Where things are in the repository.

use std::path::{Path, PathBuf};

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
