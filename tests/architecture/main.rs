//! What `ARCHITECTURE.md` promises and a compiler does not check: who may mention Tauri, who may depend on whom, what the
//! pure call machine keeps away from, and that features and tests named in `docs/sdk-coverage.md` and `docs/bad-input.md` exist.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The libraries between `client` and `model`. None depends on another.
const MIDDLE: [&str; 6] =
    ["confab-session", "confab-store", "confab-peer", "confab-media", "confab-call", "confab-transfer"];

/// What the call machine may use: data and derives. No runtime, no network, no XML, no clock.
const CALL_MAY_USE: [&str; 8] =
    ["confab-model", "serde", "serde_json", "thiserror", "tracing", "rand", "uuid", "proptest"];

/// Words that would give the call machine a clock, a thread or a socket of its own.
const CALL_MAY_NOT_SAY: [&str; 9] =
    ["Instant::now", "SystemTime", "std::net", "std::thread", "tokio", "std::fs", "xmpp_parsers", "minidom", "webrtc"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file below `folder` whose name passes `wanted`, without what tools generate.
fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            if !matches!(name.as_str(), "node_modules" | "target" | "dist" | ".git") {
                found.extend(files(&entry.path(), wanted));
            }
        } else if wanted(&name) {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

/// The lines of the given files that `is_bad`, as "path:line: text".
fn lines(files: &[PathBuf], is_bad: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).unwrap();
        let bad = text.lines().enumerate().filter(|(_, line)| is_bad(line));
        found.extend(bad.map(|(n, line)| format!("{}:{}: {}", path.display(), n + 1, line.trim())));
    }
    found
}

/// Package → its direct dependencies that are not for tests only.
fn dependencies(kinds: &[&str]) -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let mut packages = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let all = package["dependencies"].as_array().unwrap();
        // cargo says null for an ordinary dependency.
        let counted = all.iter().filter(|d| kinds.contains(&d["kind"].as_str().unwrap_or("normal")));
        let names = counted.map(|d| d["name"].as_str().unwrap().to_owned()).collect();
        packages.insert(package["name"].as_str().unwrap().to_owned(), names);
    }
    packages
}

/// The word alone, not a path such as `src-tauri/crates`.
fn mentions_tauri(line: &str) -> bool {
    line.to_lowercase().replace("src-tauri", "").contains("tauri")
}

#[test]
fn nothing_below_crates_mentions_tauri() {
    let wanted = |name: &str| name.ends_with(".rs") || name.ends_with(".toml") || name.ends_with(".sql");
    let found = lines(&files(&root().join("src-tauri/crates"), &wanted), &mentions_tauri);
    assert!(found.is_empty(), "only src-tauri/src may mention Tauri:\n{}", found.join("\n"));
    assert!(mentions_tauri("use tauri::App;") && !mentions_tauri("include!(\"src-tauri/crates/x\")"));
}

#[test]
fn the_libraries_in_the_middle_do_not_know_each_other() {
    let packages = dependencies(&["normal", "build", "dev"]);
    for name in MIDDLE {
        let own = packages[name].iter().filter(|d| d.starts_with("confab"));
        let foreign: Vec<_> = own.filter(|d| !["confab-model", "confab-testkit"].contains(&d.as_str())).collect();
        assert!(foreign.is_empty(), "{name} depends on {foreign:?}");
    }
    let model: Vec<_> = packages["confab-model"].iter().filter(|d| d.starts_with("confab")).collect();
    assert!(model.is_empty(), "the vocabulary depends on {model:?}");
    assert!(packages["confab-testkit"].iter().all(|d| !d.starts_with("confab")), "testkit stays small for xtask");
}

#[test]
fn only_the_client_is_seen_by_the_shell() {
    let shell = &dependencies(&["normal"])["confab"];
    let own: Vec<_> = shell.iter().filter(|d| d.starts_with("confab")).collect();
    assert_eq!(own, ["confab-client", "confab-model"]);
}

#[test]
fn the_call_machine_is_pure() {
    let packages = dependencies(&["normal", "build"]);
    let foreign: Vec<_> = packages["confab-call"].iter().filter(|d| !CALL_MAY_USE.contains(&d.as_str())).collect();
    assert!(foreign.is_empty(), "confab-call depends on {foreign:?}");
    let folder = root().join("src-tauri/crates/call/src");
    let mut sources = files(&folder, &|name| name.ends_with(".rs"));
    // Its tests may: a walk over all inputs says how long it took.
    sources.retain(|path| !path.starts_with(folder.join("tests")) && !path.ends_with("tests.rs"));
    assert!(!sources.is_empty());
    let says = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        CALL_MAY_NOT_SAY.iter().any(|word| code.contains(word))
    };
    let found = lines(&sources, &says);
    assert!(found.is_empty(), "the call machine is pure:\n{}", found.join("\n"));
}

/// The cells of a row; `None` for the head of the table and for text.
fn row(line: &str) -> Option<[&str; 3]> {
    let cells: Vec<&str> = line.trim().strip_prefix('|')?.trim_end_matches('|').split('|').map(str::trim).collect();
    let cells = <[&str; 3]>::try_from(cells).ok()?;
    (!["feature", "case"].contains(&cells[0]) && !cells[0].starts_with("--")).then_some(cells)
}

/// The tests that a row of the table names.
fn named_tests(line: &str) -> Vec<String> {
    let Some([_, _, tests]) = row(line) else { return Vec::new() };
    tests.split(';').map(|test| test.trim().trim_matches('`').to_owned()).collect()
}

#[test]
fn every_row_of_the_coverage_table_is_a_feature() {
    let features = fs::read_to_string(root().join("docs/features.md")).unwrap();
    let table = fs::read_to_string(root().join("docs/sdk-coverage.md")).unwrap();
    let claimed: Vec<&str> = table.lines().filter_map(row).map(|[feature, ..]| feature).collect();
    let unknown = |feature: &&&str| !features.contains(&format!("\n| {feature} | "));
    assert_eq!(claimed.iter().filter(unknown).collect::<Vec<_>>(), [] as [&&str; 0], "not in docs/features.md");
    let mut once = claimed.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), claimed.len(), "a feature has one row");
    assert!(!claimed.is_empty());
}

#[test]
fn every_test_named_in_the_tables_exists() {
    let table = |name: &str| fs::read_to_string(root().join("docs").join(name)).unwrap();
    let tables = [table("sdk-coverage.md"), table("bad-input.md")];
    let folders = ["src-tauri", "tests", "xtask"].map(|folder| root().join(folder));
    let rust: String = folders
        .iter()
        .flat_map(|folder| files(folder, &|name| name.ends_with(".rs")))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let exists = |test: &str| {
        if let Some((file, title)) = test.split_once(".test.ts::") {
            let file = root().join("ui/src").join(format!("{}.test.ts", file.trim_start_matches("ui/src/")));
            return fs::read_to_string(file).is_ok_and(|text| text.contains(title));
        }
        let name = test.rsplit("::").next().unwrap_or_default();
        !name.is_empty() && rust.contains(&format!("fn {name}("))
    };
    let named: Vec<String> = tables.iter().flat_map(|table| table.lines()).flat_map(named_tests).collect();
    assert!(named.len() > 100, "only {} tests are named", named.len());
    let missing: Vec<String> = named.into_iter().filter(|test| !exists(test)).map(|test| format!("{test:?}")).collect();
    assert!(missing.is_empty(), "docs name tests that do not exist: {}", missing.join(", "));
}

#[test]
fn rows_of_the_coverage_table_are_read() {
    assert_eq!(
        named_tests("| L27 | `send` | `chat::a_b`; ui/src/x.test.ts::adds up |"),
        ["chat::a_b", "ui/src/x.test.ts::adds up"]
    );
    assert!(named_tests("| feature | operation | tests |").is_empty());
    assert!(named_tests("|---|---|---|").is_empty());
    assert!(named_tests("A sentence.").is_empty());
    assert_eq!(named_tests("| L28 | receive | |"), [""], "a row without a test is not covered");
}
