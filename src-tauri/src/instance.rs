//! One process for each data folder: two would write over each other, and both would ring.
//!
//! The first one holds a lock in its folder, which falls however it ends, and listens on a loopback port; the port's number
//! and a token lie beside the lock, for this person's programs only. A further start tells it what it was started with and
//! ends. While the first is on its way out, the next one waits and takes its place.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tauri::async_runtime::JoinHandle;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

use crate::token::Token;

const LOCK: &str = "instance.lock";
const ADDRESS: &str = "instance.json";
/// The farewell of a process that ends takes up to six seconds.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);
/// For the answer of a process on this machine.
const ANSWER: Duration = Duration::from_secs(2);
/// Bytes of a request.
const MOST: u64 = 16 * 1024;

/// Where the first process listens.
#[derive(Debug, Serialize, Deserialize)]
struct Address {
    port: u16,
    token: String,
}

/// A further start.
#[derive(Debug, Serialize, Deserialize)]
struct Knock {
    token: String,
    /// What was to be opened.
    link: Option<String>,
}

/// What the first process says to a further start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    /// Its window is on screen.
    Shown,
    /// It is about to end.
    Leaving,
}

/// Whose the folder is.
#[derive(Debug)]
pub(crate) enum Claim {
    Ours(Instance),
    /// Another process has it, and has been told.
    Told,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum InstanceError {
    #[error("Confab is running already and does not answer; end it and start again")]
    Silent,
    /// No locks or no sockets here, a folder that cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The folder is this process's until it is dropped.
#[derive(Debug)]
pub(crate) struct Instance {
    _lock: File,
    token: Token,
    listener: Option<TcpListener>,
    task: Option<JoinHandle<()>>,
}

/// Takes the folder, or tells who has it to show its window and to open the link.
///
/// # Errors
/// [`InstanceError::Silent`] if it is taken for ten seconds by something that does not answer.
pub(crate) fn claim(folder: &Path, link: Option<&str>) -> Result<Claim, InstanceError> {
    claim_within(folder, link, PATIENCE)
}

fn claim_within(folder: &Path, link: Option<&str>, patience: Duration) -> Result<Claim, InstanceError> {
    fs::create_dir_all(folder)?;
    let give_up = Instant::now() + patience;
    loop {
        if let Some(instance) = Instance::of(folder)? {
            return Ok(Claim::Ours(instance));
        }
        match knock(folder, link) {
            Ok(Answer::Shown) => return Ok(Claim::Told),
            Ok(Answer::Leaving) => {}
            Err(error) => tracing::debug!(%error, "whoever has the folder does not answer"),
        }
        if Instant::now() >= give_up {
            return Err(InstanceError::Silent);
        }
        std::thread::sleep(PAUSE);
    }
}

fn knock(folder: &Path, link: Option<&str>) -> io::Result<Answer> {
    let address: Address = serde_json::from_slice(&fs::read(folder.join(ADDRESS))?)?;
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, address.port).into(), ANSWER)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(ANSWER))?;
    let knock = Knock { token: address.token, link: link.map(str::to_owned) };
    stream.write_all(&line(&knock)?)?;
    let mut answer = String::new();
    BufReader::new(stream.take(MOST)).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

fn line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

impl Instance {
    /// `None`: another process has the folder.
    fn of(folder: &Path) -> io::Result<Option<Self>> {
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let token = Token::new();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = Address { port: listener.local_addr()?.port(), token: token.as_str().to_owned() };
        write_privately(&folder.join(ADDRESS), &serde_json::to_vec(&address)?)?;
        Ok(Some(Self { _lock: lock, token, listener: Some(listener), task: None }))
    }

    /// Answers further starts from now on. Within a runtime.
    pub(crate) fn listen(&mut self, answer: impl Fn(Option<String>) -> Answer + Send + Sync + 'static) {
        let Some(listener) = self.listener.take() else { return };
        let token = self.token.clone();
        self.task = Some(tauri::async_runtime::spawn(async move {
            if let Err(error) = serve(listener, &token, &answer).await {
                tracing::warn!(%error, "further starts are not answered");
            }
        }));
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

async fn serve(
    listener: TcpListener,
    token: &Token,
    answer: &(impl Fn(Option<String>) -> Answer + Sync),
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        // One after the other: a start is rare, and one that says nothing is left alone soon.
        match tokio::time::timeout(ANSWER, answered(stream, token, answer)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a further start was not answered"),
            Err(_) => tracing::debug!("somebody knocked and said nothing"),
        }
    }
}

async fn answered(
    mut stream: tokio::net::TcpStream,
    token: &Token,
    answer: &(impl Fn(Option<String>) -> Answer + Sync),
) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut asked = String::new();
    tokio::io::BufReader::new(read.take(MOST)).read_line(&mut asked).await?;
    let knock: Knock = serde_json::from_str(&asked)?;
    if !token.is(&knock.token) {
        tracing::warn!("a stranger knocked");
        return Ok(());
    }
    write.write_all(&line(&answer(knock.link))?).await
}

/// For the eyes of this person only, and never half there.
fn write_privately(path: &Path, content: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    // Of a start that was killed here.
    if let Err(error) = fs::remove_file(&fresh)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&fresh)?.write_all(content)?;
    fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SOON: Duration = Duration::from_millis(300);

    fn ours(claim: Result<Claim, InstanceError>) -> Instance {
        match claim.unwrap() {
            Claim::Ours(instance) => instance,
            Claim::Told => panic!("somebody has it"),
        }
    }

    #[test]
    fn a_further_start_tells_the_first_and_ends() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = ours(claim(folder.path(), None));
        let (sender, heard) = mpsc::channel();
        first.listen(move |link| {
            sender.send(link).unwrap();
            Answer::Shown
        });
        for link in [None, Some("xmpp:hikers@conference.example.org?join")] {
            assert!(matches!(claim(folder.path(), link), Ok(Claim::Told)));
            assert_eq!(heard.recv().unwrap().as_deref(), link);
        }
    }

    #[test]
    fn the_next_one_waits_for_one_that_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = ours(claim(folder.path(), None));
        let (sender, knocked) = mpsc::channel();
        first.listen(move |_| {
            let _ = sender.send(());
            Answer::Leaving
        });
        let path = folder.path().to_owned();
        let next = std::thread::spawn(move || claim(&path, None));
        knocked.recv().unwrap();
        drop(first);
        drop(ours(next.join().unwrap()));
        // One that was killed leaves its address, and nobody behind it.
        drop(ours(claim(folder.path(), None)));
    }

    #[test]
    fn one_that_does_not_answer_keeps_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = ours(claim(folder.path(), None));
        assert!(matches!(claim_within(folder.path(), None, SOON), Err(InstanceError::Silent)));
        fs::write(folder.path().join(ADDRESS), "{").unwrap();
        assert!(matches!(claim_within(folder.path(), None, SOON), Err(InstanceError::Silent)));
        drop(first);
        drop(ours(claim(folder.path(), None)));
    }

    #[test]
    fn a_stranger_is_not_answered() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = ours(claim(folder.path(), None));
        first.listen(|_| panic!("a stranger was let in"));
        let address: Address = serde_json::from_slice(&fs::read(folder.path().join(ADDRESS)).unwrap()).unwrap();
        for asked in ["{}\n".to_owned(), format!("{{\"token\":\"{:032x}\",\"link\":null}}\n", 1), "x".repeat(20_000)] {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port)).unwrap();
            // It may be gone before it has heard all.
            let _ = stream.write_all(asked.as_bytes());
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert_eq!(answer, b"");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_token() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let _first = ours(claim(folder.path(), None));
        let mode = fs::metadata(folder.path().join(ADDRESS)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
