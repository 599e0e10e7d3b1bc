//! Files that came with messages.

use std::{fs::File, io::Read as _, path::Path};

/// Octets of the start of a file by which programs are known.
const START: usize = 64;

/// Names of files that a desktop would run, install or follow somewhere else: programs, scripts, starters, installers,
/// disk images, documents that are programs.
const RUNNING: &[&str] = &[
    // Windows
    "appref-ms",
    "application",
    "appx",
    "appxbundle",
    "bat",
    "chm",
    "cmd",
    "com",
    "cpl",
    "diagcab",
    "dll",
    "exe",
    "gadget",
    "hta",
    "inf",
    "iso",
    "jse",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "pif",
    "ps1",
    "ps1xml",
    "psc1",
    "reg",
    "scf",
    "scr",
    "sct",
    "search-ms",
    "settingcontent-ms",
    "shb",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xbap",
    "xll",
    // macOS
    "action",
    "app",
    "command",
    "dmg",
    "fileloc",
    "inetloc",
    "mpkg",
    "pkg",
    "scpt",
    "terminal",
    "tool",
    "webloc",
    "workflow",
    // Linux
    "appimage",
    "csh",
    "deb",
    "desktop",
    "flatpakref",
    "kdelnk",
    "ko",
    "rpm",
    "run",
    "service",
    "sh",
    "snap",
    "so",
    // Everywhere
    "bash",
    "class",
    "fish",
    "jar",
    "jnlp",
    "js",
    "ksh",
    "lua",
    "mjs",
    "php",
    "pl",
    "py",
    "pyc",
    "pyw",
    "pyz",
    "rb",
    "xpi",
    "zsh",
];

/// Opens a file with the program that the system has for it; what might run is shown in its folder instead.
///
/// # Errors
/// The system has no program for it, or cannot start one.
pub(crate) async fn open(path: &Path) -> std::io::Result<()> {
    let shown = path.to_owned();
    let may_run = tokio::task::spawn_blocking(move || may_run(&shown)).await.unwrap_or(true);
    if may_run { show(path).await } else { open::that_detached(path) }
}

/// Whether a desktop might run it: by its name, its permissions or what it begins with. What cannot be read might.
fn may_run(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    if extension.is_some_and(|extension| RUNNING.contains(&extension.as_str())) {
        return true;
    }
    let Ok(file) = File::open(path) else { return true };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // 0o111: anybody may execute it.
        if file.metadata().map_or(true, |metadata| metadata.permissions().mode() & 0o111 != 0) {
            return true;
        }
    }
    let mut start = Vec::with_capacity(START);
    file.take(START as u64).read_to_end(&mut start).is_err() || is_program(&start)
}

fn is_program(start: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"#!",
        b"\x7fELF",
        b"MZ",
        // Mach-O in its four ways, and several in one (also Java classes).
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"[Desktop Entry]",
        b"[InternetShortcut]",
        b"L\0\0\0\x01\x14\x02\0",
    ];
    let text = start.trim_ascii_start();
    BEGINNINGS.iter().any(|beginning| start.starts_with(beginning) || text.starts_with(beginning))
}

/// Shows a file among the others of its folder, chosen where the system can do that.
async fn show(path: &Path) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        if let Err(error) = bus::show(path).await {
            tracing::debug!(%error, "no file manager on the bus");
            return open::that_detached(path.parent().unwrap_or(path));
        }
        Ok(())
    }
    #[cfg(target_os = "macos")]
    {
        std::process::Command::new("open").arg("-R").arg(path).spawn().map(drop)
    }
    #[cfg(windows)]
    {
        let mut chosen = std::ffi::OsString::from("/select,");
        chosen.push(path);
        std::process::Command::new("explorer").arg(chosen).spawn().map(drop)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    {
        open::that_detached(path.parent().unwrap_or(path))
    }
}

/// The file manager of the desktop (org.freedesktop.FileManager1).
#[cfg(target_os = "linux")]
mod bus {
    use std::{path::Path, time::Duration};

    use tauri::Url;

    /// The bus may have to start the file manager first.
    const LIMIT: Duration = Duration::from_secs(3);

    #[zbus::proxy(
        interface = "org.freedesktop.FileManager1",
        default_service = "org.freedesktop.FileManager1",
        default_path = "/org/freedesktop/FileManager1",
        gen_blocking = false
    )]
    trait FileManager {
        fn show_items(&self, uris: &[&str], startup_id: &str) -> zbus::Result<()>;
    }

    pub(super) async fn show(path: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let url = Url::from_file_path(path).map_err(|()| "no absolute path")?;
        let shown = async {
            let bus = zbus::Connection::session().await?;
            FileManagerProxy::new(&bus).await?.show_items(&[url.as_str()], "").await
        };
        Ok(tokio::time::timeout(LIMIT, shown).await??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, bytes: &[u8]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        may_run(&path)
    }

    #[test]
    fn documents_are_opened() {
        for (name, bytes) in [
            ("report.pdf", &b"%PDF-1.7"[..]),
            ("照片.jpg", b"\xff\xd8\xff\xe0"),
            ("notes.txt", b"MUZAK"),
            ("no extension", b"text"),
            ("page.html", b"<!doctype html>"),
            ("empty.txt", b""),
        ] {
            assert!(!written(name, bytes), "{name}");
        }
    }

    #[test]
    fn what_might_run_is_not_opened() {
        for (name, bytes) in [
            ("setup.exe", &b""[..]),
            ("Invoice.PDF.Desktop", b"text"),
            ("photo.jpg", b"#!/bin/sh\nrm -r ~"),
            ("photo.png", b"\x7fELF\x02\x01"),
            ("letter.doc", b"MZ\x90\0"),
            ("link", b"\n\n[Desktop Entry]\nExec=x"),
            ("a.JAR", b"PK\x03\x04"),
        ] {
            assert!(written(name, bytes), "{name}");
        }
        assert!(may_run(Path::new("/nonexistent/a.txt")), "what cannot be read");
    }

    #[cfg(unix)]
    #[test]
    fn permission_to_run_is_enough() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, b"echo").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o744)).unwrap();
        assert!(may_run(&path));
    }

    #[test]
    fn every_name_is_written_as_it_is_looked_for() {
        for name in RUNNING {
            assert_eq!(*name, name.to_ascii_lowercase());
        }
    }
}
