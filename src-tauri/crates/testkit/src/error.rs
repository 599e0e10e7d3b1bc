use std::io;
use std::path::PathBuf;

/// Why a part of the test environment could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is not installed; `cargo xtask setup` installs it on Debian and Ubuntu.
    #[error("{0} is not installed (run `cargo xtask setup`)")]
    Missing(String),
    /// A file or process operation failed.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done, with the path or program.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ended although it should still run, or reported failure.
    #[error("{program} failed ({status})\n{output}")]
    Failed {
        /// The program.
        program: String,
        /// Its exit status, as the system words it.
        status: String,
        /// The end of what it printed.
        output: String,
    },
    /// Something did not become ready in time.
    #[error("{what} was not ready after {seconds} s\n{output}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long it was waited for.
        seconds: u64,
        /// The end of what the program printed.
        output: String,
    },
    /// An answer or a file that was not understood.
    #[error("{0}")]
    Unexpected(String),
}

/// Result of every operation here.
pub type Result<T> = std::result::Result<T, Error>;

/// Names the operation (and its path or program) that an I/O error belongs to.
pub trait Context<T> {
    /// `doing` completes the sentence "… : No such file or directory".
    fn doing(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for io::Result<T> {
    fn doing(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Io { doing: doing(), source })
    }
}

/// Wraps a failure to start `program`: "not found" is the common case and gets the advice to run the set-up.
pub(crate) fn not_started(program: &str, source: io::Error) -> Error {
    // Folders of the search path that we may not enter turn "not found" into "denied".
    let is_absent = source.kind() == io::ErrorKind::NotFound
        || source.kind() == io::ErrorKind::PermissionDenied && !crate::process::is_installed(program);
    if is_absent {
        Error::Missing(program.to_owned())
    } else {
        Error::Io { doing: format!("starting {program}"), source }
    }
}

/// Like [`Error::Unexpected`] with a path.
pub(crate) fn unexpected_file(path: &std::path::Path, why: impl std::fmt::Display) -> Error {
    Error::Unexpected(format!("{}: {why}", PathBuf::from(path).display()))
}
