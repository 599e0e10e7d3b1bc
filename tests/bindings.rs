//! The committed `ui/src/ipc/bindings.ts` is the one that the shell generates. After a change of a command or a type:
//! `CONFAB_WRITE_BINDINGS=1 cargo test -p confab --test bindings`.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

#[test]
fn bindings_are_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let generated = dir.path().join("bindings.ts");
    confab_shell::bindings().export(confab_shell::language(), &generated).unwrap();
    let generated = fs::read_to_string(generated).unwrap();
    // The generator leaves spaces at the ends of lines.
    let generated: String = generated.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
    if std::env::var_os("CONFAB_WRITE_BINDINGS").is_some() {
        fs::write(&path, generated).unwrap();
        return;
    }
    // A checkout may have given it the line ends of Windows.
    let committed = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let different = committed.lines().zip(generated.lines()).position(|(a, b)| a != b);
    assert!(
        committed == generated,
        "{} is out of date from line {}: CONFAB_WRITE_BINDINGS=1 cargo test -p confab --test bindings",
        path.display(),
        different.unwrap_or_else(|| committed.lines().count().min(generated.lines().count())) + 1,
    );
}
