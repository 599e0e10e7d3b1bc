//! Processes that cannot outlive the test that started them.
//!
//! Owns: process groups ([`Group`]), their log files, free ports and the one place that waits for outside programs.
//! In: a [`Command`]. Out: a running group that is killed on drop, on panic, and also when the test process itself is
//! killed (a small `sh` per group waits for the closing of our end of a pipe).
//! Does not: follow a program that leaves its group (`setsid`, daemonising); start programs in the foreground.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Context, Error, Result, not_started};

/// How often [`wait_until`] looks again. Outside programs offer nothing to block on; 20 ms is lost against their start-up.
const POLL: Duration = Duration::from_millis(20);

/// How long a program may take to end after SIGTERM before it is killed. ejabberd closes its database in under 3 s.
const TERMINATE: Duration = Duration::from_secs(8);

/// How much of a log an error shows, in bytes.
const TAIL: u64 = 4_000;

/// A child process with everything that it starts, in a process group of its own.
#[derive(Debug)]
pub struct Group {
    program: String,
    child: Child,
    warden: Option<Child>,
    log: PathBuf,
}

impl Group {
    /// Starts `command` with its output appended to `log` and no standard input.
    ///
    /// # Errors
    /// [`Error::Missing`] when the program is not installed, [`Error::Io`] when the log or the process cannot be had.
    pub fn spawn(command: &mut Command, log: &Path) -> Result<Self> {
        let out = open_log(log)?;
        let err = out.try_clone().doing(|| format!("sharing {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        Self::start(command, log)
    }

    /// Starts `command` with its standard input and output as pipes for us; standard error is appended to `log`.
    ///
    /// # Errors
    /// As [`Group::spawn`].
    pub fn spawn_piped(command: &mut Command, log: &Path) -> Result<(Self, ChildStdin, ChildStdout)> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(open_log(log)?);
        let mut group = Self::start(command, log)?;
        match (group.child.stdin.take(), group.child.stdout.take()) {
            (Some(stdin), Some(stdout)) => Ok((group, stdin, stdout)),
            _ => Err(Error::Unexpected(format!("{} has no pipes", group.program))),
        }
    }

    fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().map_err(|e| not_started(&program, e))?;
        let warden = warden(child.id());
        Ok(Self { program, child, warden, log: log.to_owned() })
    }

    /// Process id of the first process, which is also the id of the group.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where the output goes.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The exit status when the first process has ended.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until `ready` says yes.
    ///
    /// # Errors
    /// [`Error::Failed`] as soon as the process ends, [`Error::TimedOut`] after `limit`; both show the end of the log.
    pub fn wait_ready(&mut self, what: &str, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let end = Instant::now() + limit;
        loop {
            if ready() {
                return Ok(());
            }
            if let Some(status) = self.exited() {
                let output = tail(&self.log);
                return Err(Error::Failed { program: self.program.clone(), status: status.to_string(), output });
            }
            if Instant::now() >= end {
                return Err(Error::TimedOut {
                    what: what.to_owned(),
                    seconds: limit.as_secs(),
                    output: tail(&self.log),
                });
            }
            thread::sleep(POLL);
        }
    }

    /// Waits for the first process to end by itself.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after `limit`; the group still runs then.
    pub fn wait_exit(&mut self, limit: Duration) -> Result<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.exited() {
                return Ok(status);
            }
            if Instant::now() >= end {
                let what = format!("the end of {}", self.program);
                return Err(Error::TimedOut { what, seconds: limit.as_secs(), output: tail(&self.log) });
            }
            thread::sleep(POLL);
        }
    }

    /// Asks the first process to end (SIGTERM), gives it time, then kills what is left of the group.
    pub fn terminate(&mut self) {
        if self.exited().is_none() {
            signal(self.child.id(), Signal::Terminate);
            let _ = wait_until(TERMINATE, || self.exited().is_some());
        }
        self.kill();
    }

    /// Stops the whole group until [`Group::thaw`]; killing works meanwhile.
    #[cfg(unix)]
    pub fn freeze(&self) {
        signal(self.child.id(), Signal::Stop);
    }

    /// See [`Group::freeze`].
    #[cfg(unix)]
    pub fn thaw(&self) {
        signal(self.child.id(), Signal::Continue);
    }

    /// Kills the whole group at once (SIGKILL) and reaps the first process.
    pub fn kill(&mut self) {
        // The warden first: afterwards the id may belong to somebody else.
        if let Some(mut warden) = self.warden.take() {
            let _ = warden.kill();
            let _ = warden.wait();
            signal(self.child.id(), Signal::Kill);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
    #[cfg(unix)]
    Stop,
    #[cfg(unix)]
    Continue,
}

/// SIGTERM goes to the first process only (it ends its own children in order), the others to all.
#[cfg(unix)]
fn signal(id: u32, signal: Signal) {
    use rustix::process::{Pid, kill_process, kill_process_group};
    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return };
    let _ = match signal {
        Signal::Terminate => kill_process(pid, rustix::process::Signal::TERM),
        Signal::Kill => kill_process_group(pid, rustix::process::Signal::KILL),
        Signal::Stop => kill_process_group(pid, rustix::process::Signal::STOP),
        Signal::Continue => kill_process_group(pid, rustix::process::Signal::CONT),
    };
}

#[cfg(not(unix))]
fn signal(id: u32, _signal: Signal) {
    let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]).output();
}

/// Kills the group when this process is gone: its `read` ends when the kernel closes our end of the pipe.
#[cfg(unix)]
fn warden(group: u32) -> Option<Child> {
    Command::new("sh")
        // Without "--": the kill of dash does not know it.
        .args(["-c", "read _; kill -KILL \"-$1\"", "warden", &group.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()
}

#[cfg(not(unix))]
fn warden(_group: u32) -> Option<Child> {
    None
}

/// Looks every 20 ms until `ready` says yes; `false` after `limit`. Only for programs and devices outside our process.
#[must_use]
pub fn wait_until(limit: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !ready() {
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(POLL);
    }
    true
}

/// Runs a command to its end and returns its standard output.
///
/// # Errors
/// [`Error::Missing`], [`Error::Io`], or [`Error::Failed`] with both outputs when the status is not zero.
pub fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let out = command.stdin(Stdio::null()).output().map_err(|e| not_started(&program, e))?;
    let stdout = String::from_utf8_lossy(&out.stdout).into_owned();
    if out.status.success() {
        return Ok(stdout);
    }
    let output = format!("{stdout}{}", String::from_utf8_lossy(&out.stderr));
    Err(Error::Failed { program, status: out.status.to_string(), output })
}

/// Is a program on the search path?
#[must_use]
pub fn is_installed(program: impl AsRef<OsStr>) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .any(|dir| dir.join(program.as_ref()).is_file())
}

/// Where ports are taken from if the system does not say where its own begin.
const FIRST_PORT: u16 = 12_000;
const OWN_PORTS: u16 = 32_768;
/// More than anybody holds.
const PORT_TRIES: usize = 1_000;

/// Ports on 127.0.0.1 that were free for TCP and UDP a moment ago, all different, and never given twice to one process before
/// all others were. None is of those that the system gives to outgoing connections: one of these would else sit there before the
/// server does, or while it is killed and not yet back.
///
/// # Errors
/// [`Error::Unexpected`] when the machine has none left.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    static TURN: OnceLock<AtomicUsize> = OnceLock::new();
    // Processes that run beside each other begin at different places.
    let turn = TURN.get_or_init(|| AtomicUsize::new(RandomState::new().hash_one(std::process::id()) as usize));
    let range: Vec<u16> = (FIRST_PORT..first_own_port().max(FIRST_PORT + 1_000)).collect();
    let mut ports = [0; N];
    for port in &mut ports {
        let turns = std::iter::repeat_with(|| turn.fetch_add(1, Ordering::Relaxed)).take(PORT_TRIES);
        *port = turns
            .map(|turn| range[turn % range.len()])
            .find(|port| is_port_free(*port) && UdpSocket::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
            .ok_or_else(|| Error::Unexpected("no free port on 127.0.0.1".to_owned()))?;
    }
    Ok(ports)
}

/// The first of the ports that outgoing connections get.
fn first_own_port() -> u16 {
    let said = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok();
    said.and_then(|range| range.split_whitespace().next()?.parse().ok()).unwrap_or(OWN_PORTS)
}

/// Is nobody listening on this TCP port of 127.0.0.1?
#[must_use]
pub fn is_port_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The last lines of a log file, for error messages; empty when there is none.
#[must_use]
pub fn tail(log: &Path) -> String {
    let Ok(mut file) = File::open(log) else { return String::new() };
    let length = file.metadata().map_or(0, |m| m.len());
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).is_err() || file.read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn open_log(log: &Path) -> Result<File> {
    if let Some(dir) = log.parent() {
        fs::create_dir_all(dir).doing(|| format!("creating {}", dir.display()))?;
    }
    OpenOptions::new().create(true).append(true).open(log).doing(|| format!("opening {}", log.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn is_alive(pid: u32) -> bool {
        // A zombie still has a folder in /proc, but its command line is empty.
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
    }

    #[test]
    fn drop_kills_grandchildren_too() {
        let dir = tempfile::tempdir().unwrap();
        let pid_file = dir.path().join("pid");
        let script = format!("sleep 1000 & echo $! > '{}'; wait", pid_file.display());
        let group = Group::spawn(Command::new("sh").args(["-c", &script]), &dir.path().join("log")).unwrap();
        let mut grandchild = 0;
        assert!(wait_until(Duration::from_secs(10), || {
            grandchild = fs::read_to_string(&pid_file).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0);
            grandchild != 0
        }));
        assert!(is_alive(grandchild));
        drop(group);
        assert!(wait_until(Duration::from_secs(10), || !is_alive(grandchild)));
    }

    #[test]
    fn the_end_of_the_test_process_kills_the_group() {
        let dir = tempfile::tempdir().unwrap();
        let mut group = Group::spawn(Command::new("sleep").arg("1000"), &dir.path().join("log")).unwrap();
        // What the kernel does when we are killed: our end of the warden's pipe is closed.
        drop(group.warden.as_mut().unwrap().stdin.take());
        let status = group.wait_exit(Duration::from_secs(10)).unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    }

    #[test]
    fn an_early_end_is_an_error_with_the_output() {
        let dir = tempfile::tempdir().unwrap();
        let mut group =
            Group::spawn(Command::new("sh").args(["-c", "echo no licence; exit 3"]), &dir.path().join("log")).unwrap();
        let error = group.wait_ready("x", Duration::from_secs(10), || false).unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("no licence"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_installed_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = Group::spawn(&mut Command::new("no-such-program-x"), &dir.path().join("log")).unwrap_err();
        assert!(matches!(error, Error::Missing(name) if name == "no-such-program-x"));
    }

    #[test]
    fn pipes_carry_both_ways_and_the_log_has_the_rest() {
        use std::io::Write as _;
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "read word; echo \"got $word\"; echo aside >&2"]);
        let (mut group, mut stdin, mut stdout) = Group::spawn_piped(&mut command, &log).unwrap();
        stdin.write_all(b"this\n").unwrap();
        let mut answer = String::new();
        stdout.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "got this\n");
        assert!(group.wait_exit(Duration::from_secs(10)).unwrap().success());
        assert_eq!(tail(&log), "aside\n");
    }

    #[test]
    fn free_ports_differ() {
        let mut ports = free_ports::<16>().unwrap().to_vec();
        ports.extend(free_ports::<16>().unwrap());
        assert!(ports.iter().all(|port| (FIRST_PORT..first_own_port()).contains(port)), "{ports:?}");
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 32);
    }
}
