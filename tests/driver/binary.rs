//! Where the agent's binary is, built from the sources as they are.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The agent. `CONFAB_AGENT` names another one; otherwise it is the one beside this test, built now if it is older than
/// its sources (Cargo builds binaries only for tests of their own package).
///
/// # Panics
/// It cannot be built.
pub(super) fn agent() -> &'static Path {
    static AGENT: OnceLock<PathBuf> = OnceLock::new();
    AGENT.get_or_init(|| {
        if let Some(path) = env::var_os("CONFAB_AGENT") {
            return path.into();
        }
        // target/<profile>/deps/<test>
        let test = env::current_exe().expect("a running test has a path");
        let folder = test.ancestors().nth(2).expect("Cargo puts tests into target/<profile>/deps");
        let binary = folder.join(format!("confab-agent{}", env::consts::EXE_SUFFIX));
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").join("src-tauri/crates");
        let built = fs::metadata(&binary).and_then(|data| data.modified()).ok();
        if built.is_none_or(|built| newest_source(&crates) > built) {
            build(folder);
        }
        assert!(binary.is_file(), "{} was not built", binary.display());
        binary
    })
}

fn build(folder: &Path) {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "-p", "confab-agent"]);
    if folder.file_name().is_some_and(|name| name == "release") {
        command.arg("--release");
    }
    let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
    assert!(status.success(), "confab-agent cannot be built: {status}");
}

/// When a source of the agent was last changed. Its tests do not count.
fn newest_source(folder: &Path) -> SystemTime {
    let mut newest = SystemTime::UNIX_EPOCH;
    let Ok(entries) = fs::read_dir(folder) else { return newest };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let time = if path.is_dir() {
            if name == "tests" || name == "testkit" || name == "fuzz" { continue } else { newest_source(&path) }
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sql") {
            entry.metadata().and_then(|data| data.modified()).unwrap_or(newest)
        } else {
            continue;
        };
        newest = newest.max(time);
    }
    newest
}
