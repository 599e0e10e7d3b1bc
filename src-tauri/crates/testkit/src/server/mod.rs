//! Throw-away XMPP servers: a real Prosody or a real ejabberd on free ports, with its own data and authority.
//!
//! Owns: the server's process, configuration, certificate and data folder. In: [`ServerOptions`]. Out: addresses,
//! the authority's file, accounts. The server lives as long as the value; its data too, unless a folder was given.
//! Does not: use or change a server that the system runs.

mod ejabberd;
mod prosody;
pub(crate) mod tls;

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Context, Error, Result, unexpected_file};
use crate::netns::{Namespace, exchange};
use crate::process::{Group, free_ports, is_port_free, tail};
use tls::Certificate;

/// Prosody answers after 1–2 s, ejabberd after 4–6 s; on two busy cores several times that.
const READY: Duration = Duration::from_secs(60);

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Prosody 0.12 or 13.
    Prosody,
    /// ejabberd 23 or later.
    Ejabberd,
}

/// A TURN server that the XMPP server hands out to its users (XEP-0215).
#[derive(Debug, Clone)]
pub struct Relay {
    /// Address as clients see it.
    pub host: IpAddr,
    /// UDP and TCP port.
    pub port: u16,
    /// The secret for time-limited credentials (`static-auth-secret` of coturn).
    pub secret: String,
}

/// What kind of server is wanted.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Which server.
    pub kind: Kind,
    /// Folder for configuration, data, certificate and log; a temporary one when `None`. A second start with the same
    /// folder finds accounts, history, certificate and ports again.
    pub data: Option<PathBuf>,
    /// Port for clients (STARTTLS); a free one when `None`.
    pub port: Option<u16>,
    /// The address at which clients reach the server.
    pub address: IpAddr,
    /// Run inside this namespace; the server then listens on all of its interfaces.
    pub namespace: Option<Arc<Namespace>>,
    /// Offer this relay to clients. ejabberd has one built in and ignores this.
    pub relay: Option<Relay>,
    /// Bytes of the largest file that it takes (XEP-0363); `None`: it takes none.
    pub uploads: Option<u64>,
    /// What the server is called in addresses of files; `None`: by its address, which some clients name in TLS and Prosody
    /// then refuses (RFC 6066 §3). Prosody only.
    pub web_name: Option<String>,
    /// New accounts have to read a picture (XEP-0158). ejabberd only.
    pub captcha: bool,
    /// Octets of the longest stanza that is taken from those who are signed in.
    pub longest_stanza: u32,
    /// The archive is in memory and finds its pages at once; it can be filled, see `mod_storage_confab_archive.lua`. For
    /// measurements. Prosody only.
    pub quick_archive: bool,
}

/// Bytes of the largest file that a server takes if nothing else is wanted.
const LARGEST_UPLOAD: u64 = 100 * 1024 * 1024;

impl ServerOptions {
    /// Loopback, free ports, temporary data.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            data: None,
            port: None,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            namespace: None,
            relay: None,
            uploads: Some(LARGEST_UPLOAD),
            web_name: None,
            captcha: false,
            longest_stanza: 1024 * 1024,
            quick_archive: false,
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Ports {
    /// STARTTLS.
    client: u16,
    direct_tls: u16,
    http: u16,
    https: u16,
    /// STUN and TURN over UDP, ejabberd only.
    stun: u16,
}

/// A running (or stopped and restartable) server for the domain `localhost`.
#[derive(Debug)]
pub struct LocalServer {
    options: ServerOptions,
    folder: PathBuf,
    ports: Ports,
    certificate: Certificate,
    process: Option<Group>,
    /// Last field: removed after the process has ended.
    _temporary: Option<tempfile::TempDir>,
}

impl LocalServer {
    /// Starts a server and waits until clients can connect.
    ///
    /// # Errors
    /// [`Error::Missing`] when it is not installed (a reason to skip), otherwise with the end of its log.
    pub fn start(options: ServerOptions) -> Result<Self> {
        let (folder, temporary) = match &options.data {
            Some(folder) => (folder.clone(), None),
            None => {
                let dir = tempfile::Builder::new().prefix("confab-server").tempdir();
                let dir = dir.doing(|| "making a folder for a server".into())?;
                (dir.path().to_owned(), Some(dir))
            }
        };
        fs::create_dir_all(&folder).doing(|| format!("creating {}", folder.display()))?;
        let folder = folder.canonicalize().doing(|| format!("finding {}", folder.display()))?;
        let ports = choose_ports(&folder, &options)?;
        let names = ["localhost", "conference.localhost", "upload.localhost", "pubsub.localhost", "127.0.0.1"];
        let mut names: Vec<String> = names.map(String::from).into();
        let address = options.address.to_string();
        if !names.contains(&address) {
            names.push(address);
        }
        let certificate = Certificate::in_folder(&folder.join("tls"), &names)?;
        let mut server = Self { options, folder, ports, certificate, process: None, _temporary: temporary };
        server.configure()?;
        server.start_again()?;
        Ok(server)
    }

    /// A Prosody with default options.
    ///
    /// # Errors
    /// As [`LocalServer::start`].
    pub fn prosody() -> Result<Self> {
        Self::start(ServerOptions::new(Kind::Prosody))
    }

    /// An ejabberd with default options.
    ///
    /// # Errors
    /// As [`LocalServer::start`].
    pub fn ejabberd() -> Result<Self> {
        Self::start(ServerOptions::new(Kind::Ejabberd))
    }

    fn configure(&self) -> Result<()> {
        match self.options.kind {
            Kind::Prosody => prosody::configure(self),
            Kind::Ejabberd => ejabberd::configure(self),
        }
    }

    /// Starts a stopped or killed server with the same data, ports and certificate. Nothing happens when it runs.
    ///
    /// # Errors
    /// As [`LocalServer::start`].
    pub fn start_again(&mut self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let mut command = match self.options.kind {
            Kind::Prosody => prosody::command(self),
            Kind::Ejabberd => ejabberd::command(self)?,
        };
        let mut process = Group::spawn(command.current_dir(&self.folder), &self.log_file())?;
        let ports = [self.ports.client, self.ports.direct_tls, self.ports.http, self.ports.https];
        process.wait_ready(&format!("{:?}", self.options.kind), READY, || {
            ports.iter().all(|port| exchange(self.namespace(), self.inside(*port), "").is_ok())
        })?;
        self.process = Some(process);
        Ok(())
    }

    /// Ends the server in order (SIGTERM): streams are closed, data is written. [`Self::start_again`] brings it back.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.terminate();
        }
    }

    /// Stops it in the middle of whatever it does, connections open, until [`LocalServer::thaw`] (SIGSTOP, SIGCONT).
    #[cfg(unix)]
    pub fn freeze(&self) {
        if let Some(process) = &self.process {
            process.freeze();
        }
    }

    /// See [`LocalServer::freeze`].
    #[cfg(unix)]
    pub fn thaw(&self) {
        if let Some(process) = &self.process {
            process.thaw();
        }
    }

    /// Its configuration, data, certificate and log lie here.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the last picture for a new account should show; see [`ServerOptions::captcha`].
    ///
    /// # Errors
    /// None was drawn yet.
    pub fn captcha(&self) -> Result<String> {
        let file = ejabberd::captcha_file(self);
        fs::read_to_string(&file).doing(|| format!("reading {}", file.display()))
    }

    /// Kills the server (SIGKILL): clients see a cut. [`Self::start_again`] brings it back.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// [`Self::stop`] and [`Self::start_again`].
    ///
    /// # Errors
    /// As [`LocalServer::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        self.start_again()
    }

    /// Does the process still run?
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.exited().is_none())
    }

    /// Makes an account. Works on a running server; names are local parts, unescaped.
    ///
    /// # Errors
    /// When the account exists or the server refuses.
    pub fn register(&self, user: &str, password: &str) -> Result<()> {
        match self.options.kind {
            Kind::Prosody => prosody::register(self, user, password),
            Kind::Ejabberd => ejabberd::register(self, user, password),
        }
    }

    /// The version of the server program, in its own words.
    ///
    /// # Errors
    /// When it does not tell.
    pub fn version(&self) -> Result<String> {
        match self.options.kind {
            Kind::Prosody => prosody::version_text(self),
            // "… ejabberd 24.12 is started in the node …": its control program would need a node name.
            Kind::Ejabberd => {
                let log = fs::read_to_string(self.log_file()).doing(|| "reading ejabberd's log".into())?;
                let told = log.split("ejabberd ").find_map(|rest| rest.split_once(" is started"));
                told.map(|(version, _)| version.to_owned())
                    .ok_or_else(|| Error::Unexpected("ejabberd does not tell its version".into()))
            }
        }
    }

    /// Which server this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.options.kind
    }

    /// The domain of its accounts, always `localhost`.
    #[must_use]
    pub fn domain(&self) -> &'static str {
        "localhost"
    }

    /// The domain of its rooms (XEP-0045).
    #[must_use]
    pub fn rooms(&self) -> &'static str {
        "conference.localhost"
    }

    /// Whether its rooms let those who lead them take messages of others back (XEP-0425).
    #[must_use]
    pub fn moderates(&self) -> bool {
        match self.kind() {
            Kind::Prosody => prosody::moderates(),
            Kind::Ejabberd => false,
        }
    }

    /// Address to connect to.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.options.address
    }

    /// TCP port for clients with STARTTLS.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.ports.client
    }

    /// TCP port for clients with TLS from the first byte (XEP-0368).
    #[must_use]
    pub fn direct_tls_port(&self) -> u16 {
        self.ports.direct_tls
    }

    /// WebSocket (RFC 7395) without TLS, for browsers that do not know our authority.
    #[must_use]
    pub fn websocket_url(&self) -> String {
        format!("ws://{}:{}/{}", self.options.address, self.ports.http, self.websocket_path())
    }

    /// WebSocket with TLS.
    #[must_use]
    pub fn secure_websocket_url(&self) -> String {
        format!("wss://{}:{}/{}", self.options.address, self.ports.https, self.websocket_path())
    }

    fn websocket_path(&self) -> &'static str {
        match self.options.kind {
            Kind::Prosody => "xmpp-websocket",
            Kind::Ejabberd => "ws",
        }
    }

    /// The certificate (PEM) that clients have to trust.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.certificate.ca
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        tail(&self.log_file())
    }

    /// Where the server logs (level info).
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn namespace(&self) -> Option<&Namespace> {
        self.options.namespace.as_deref()
    }

    /// The address of a port as seen from where the server runs.
    fn inside(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.options.address, port)
    }

    /// The address to bind: of a namespace, all.
    fn bind(&self) -> IpAddr {
        if self.options.namespace.is_some() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { self.options.address }
    }

    fn command(&self, program: &str) -> Command {
        match self.namespace() {
            Some(namespace) => namespace.command(program),
            None => Command::new(program),
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        // A given folder is used again: let the server close its files. Temporary data may go at once.
        if self.options.data.is_some() {
            self.stop();
        }
    }
}

/// Keeps the ports of an earlier start in the same folder while they are free, so that clients find it again.
fn choose_ports(folder: &Path, options: &ServerOptions) -> Result<Ports> {
    let file = folder.join("ports.json");
    let earlier = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Ports>(&bytes).ok());
    if let Some(ports) = earlier
        && options.port.is_none_or(|port| port == ports.client)
        && [ports.client, ports.direct_tls, ports.http, ports.https].into_iter().all(is_port_free)
    {
        return Ok(ports);
    }
    let [client, direct_tls, http, https, stun] = free_ports()?;
    let ports = Ports { client: options.port.unwrap_or(client), direct_tls, http, https, stun };
    if options.namespace.is_none() && !is_port_free(ports.client) {
        return Err(Error::Unexpected(format!("port {} is in use", ports.client)));
    }
    let json = serde_json::to_vec(&ports).map_err(|e| unexpected_file(&file, e))?;
    fs::write(&file, json).doing(|| format!("writing {}", file.display()))?;
    Ok(ports)
}

#[cfg(test)]
mod tests;
