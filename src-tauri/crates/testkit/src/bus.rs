//! A session bus of a test's own: nothing of the machine's desktop is on it.
//!
//! Owns: one `dbus-daemon`. In: the environment for what it may start. Out: its address.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::process::{Group, is_installed};

const PROGRAM: &str = "dbus-daemon";
/// It answers after some 10 ms.
const READY: Duration = Duration::from_secs(20);

/// A running bus. It ends with this value.
#[derive(Debug)]
pub struct SessionBus {
    address: String,
    _daemon: Group,
}

impl SessionBus {
    /// Starts it with its files in `folder`, of which the path must be short: a socket's address has at most 107 bytes. It
    /// can start what is described in `services` below that, and nothing else.
    ///
    /// # Errors
    /// [`Error::Missing`] when `dbus-daemon` is not installed (a reason to skip).
    pub fn start(folder: &Path, env: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        if !is_installed(PROGRAM) {
            return Err(Error::Missing(PROGRAM.to_owned()));
        }
        let (services, socket, file) = (folder.join("services"), folder.join("bus"), folder.join("bus.conf"));
        fs::create_dir_all(&services).doing(|| "making a folder for a bus".into())?;
        let address = format!("unix:path={}", socket.display());
        let config = format!(
            "<busconfig><type>session</type><listen>{address}</listen><servicedir>{}</servicedir>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
             <allow own=\"*\"/></policy></busconfig>",
            services.display()
        );
        fs::write(&file, config).doing(|| "configuring a bus".into())?;
        let mut command = Command::new(PROGRAM);
        command.arg(format!("--config-file={}", file.display())).args(["--nofork", "--nopidfile"]);
        command.envs(env).env("DBUS_SESSION_BUS_ADDRESS", &address);
        let mut daemon = Group::spawn(&mut command, &folder.join("bus.log"))?;
        daemon.wait_ready("a session bus", READY, || socket.exists())?;
        Ok(Self { address, _daemon: daemon })
    }

    /// As it stands in `DBUS_SESSION_BUS_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}
