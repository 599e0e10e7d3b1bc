//! Folders in which nothing is overwritten.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Tries of further names; a person who has more copies of one file than this chooses another name.
const MAX_COPIES: u32 = 10_000;

/// The first path of `name`, `name (1)`, … in the folder that is free, taken by an empty file of its own, so that nobody
/// else takes it meanwhile.
///
/// # Errors
/// The folder cannot be written; or (`AlreadyExists`) ten thousand copies are there.
pub fn free_disk_name(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let (stem, extension) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    };
    for copy in 0..MAX_COPIES {
        let path = match copy {
            0 => folder.join(name),
            copy => folder.join(format!("{stem} ({copy}){extension}")),
        };
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Copies a file of this device into a folder, under a name that is free there. Blocks.
///
/// # Errors
/// The source cannot be read, or the folder not be written (a full disk, say): nothing of the copy is then left.
pub fn keep_copy(file: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    let path = free_disk_name(folder, name)?;
    match std::fs::copy(file, &path) {
        Ok(_) => Ok(path),
        Err(error) => {
            let _ = std::fs::remove_file(&path);
            Err(error)
        }
    }
}

/// Copies a file of this device to a path, in place of what is there, which is lost only when the copy is whole. Blocks.
///
/// # Errors
/// As [`keep_copy`]; what was there is then as it was.
pub fn copy_over(file: &Path, to: &Path) -> io::Result<()> {
    let (Some(folder), Some(name)) = (to.parent(), to.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    if std::fs::metadata(to).is_ok_and(|known| known.is_dir()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let part = keep_copy(file, folder, &format!("{}.part", name.to_string_lossy()))?;
    std::fs::rename(&part, to).inspect_err(|_| {
        let _ = std::fs::remove_file(&part);
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_copy_in_place_of_a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let (source, to) = (folder.path().join("source"), folder.path().join("a.txt"));
        std::fs::write(&source, b"new").unwrap();
        std::fs::write(&to, b"old").unwrap();
        copy_over(&source, &to).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"new");
        assert!(copy_over(&folder.path().join("missing"), &to).is_err());
        assert_eq!(std::fs::read(&to).unwrap(), b"new");
        assert!(copy_over(&source, folder.path()).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside it");
    }

    #[test]
    fn a_copy_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        std::fs::write(&source, b"new").unwrap();
        std::fs::write(folder.path().join("a.txt"), b"old").unwrap();
        let names: Vec<_> = (0..3)
            .map(|_| keep_copy(&source, folder.path(), "a.txt").unwrap().file_name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a (1).txt", "a (2).txt", "a (3).txt"]);
        assert_eq!(std::fs::read(folder.path().join("a.txt")).unwrap(), b"old");
        assert_eq!(std::fs::read(folder.path().join("a (2).txt")).unwrap(), b"new");
    }

    #[test]
    fn a_copy_that_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let error = keep_copy(&folder.path().join("not there"), folder.path(), "b.txt").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
