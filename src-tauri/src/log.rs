//! Logging: to stderr, and in release builds also to a file that does not grow without limit.
//!
//! Owns the filter (`CONFAB_LOG`) and the file. What is personal reaches neither: see `confab_model::Pii`.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Ours from info on, of libraries what went wrong; the media engine warns of what happens in every call.
const DEFAULT_FILTER: &str = "warn,rtc=error,confab=info";
/// Two such files are kept: days of ordinary use, and small enough to be sent with a report.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// Starts logging, for the whole life of the process. `dir` is where the file goes.
pub(crate) fn start(dir: &Path) {
    let asked = std::env::var("CONFAB_LOG").ok().filter(|text| !text.is_empty());
    let (filter, complaint) = match asked.as_deref().map(EnvFilter::try_new) {
        None => (EnvFilter::new(DEFAULT_FILTER), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (EnvFilter::new(DEFAULT_FILTER), Some(error)),
    };
    // The library logs whole stanzas below that: addresses and bodies are personal.
    let filter = match "tokio_xmpp=warn".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let (file, failure) = match open(dir) {
        Ok(file) => (file, None),
        Err(error) => (None, Some(error)),
    };
    let to_file = file.map(|file| fmt::layer().with_ansi(false).with_writer(Mutex::new(file)));
    let to_stderr = fmt::layer().with_writer(io::stderr);
    // Fails only if a subscriber is there already, which then logs.
    let _ = tracing_subscriber::registry().with(filter).with(to_stderr).with(to_file).try_init();
    if let Some(error) = complaint {
        tracing::warn!(%error, "CONFAB_LOG is not a filter; the default is used");
    }
    if let Some(error) = failure {
        tracing::warn!(%error, dir = %dir.display(), "there is no log file");
    }
}

fn open(dir: &Path) -> io::Result<Option<LimitedFile>> {
    if cfg!(debug_assertions) {
        return Ok(None);
    }
    fs::create_dir_all(dir)?;
    LimitedFile::open(dir.join("confab.log"), FILE_LIMIT).map(Some)
}

/// A file that is put aside as `….1` when it has reached its limit; an older one put aside is replaced.
#[derive(Debug)]
struct LimitedFile {
    path: PathBuf,
    file: File,
    length: u64,
    limit: u64,
}

impl LimitedFile {
    fn open(path: PathBuf, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { path, file, length, limit })
    }

    fn put_aside(&mut self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("log.1"))?;
        *self = Self::open(self.path.clone(), self.limit)?;
        Ok(())
    }
}

impl Write for LimitedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length >= self.limit {
            self.put_aside()?;
        }
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_put_aside_and_only_one_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("confab.log");
        let mut file = LimitedFile::open(path.clone(), 4).unwrap();
        for line in ["one\n", "two\n", "three\n"] {
            file.write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "three\n");
        assert_eq!(fs::read_to_string(dir.path().join("confab.log.1")).unwrap(), "two\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn the_length_of_an_earlier_run_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("confab.log");
        fs::write(&path, "earlier\n").unwrap();
        let mut file = LimitedFile::open(path.clone(), 4).unwrap();
        file.write_all(b"now\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "now\n");
    }
}
