//! Throw-away STUN and TURN servers: a real coturn on free ports, with its own certificate, that relays to loopback.
//!
//! Owns: the server's process, configuration and log. In: [`TurnOptions`]. Out: ports, credentials, the authority's
//! file. The server lives as long as the value. Does not: use or change a server that the system runs.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Context, Result};
use crate::netns::{Namespace, exchange};
use crate::process::{Group, free_ports, tail};
use crate::server::Relay;
use crate::server::tls::Certificate;

/// coturn listens after 0.2 s; two busy cores get more.
const READY: Duration = Duration::from_secs(30);

/// Who may have a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnAccess {
    /// One user.
    User {
        /// Name, unescaped.
        name: String,
        /// Password, unescaped.
        password: String,
    },
    /// Whoever has credentials made from this secret, as XMPP servers hand them out (XEP-0215).
    Secret(String),
}

/// Over what clients may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnListeners {
    /// STUN and TURN.
    pub udp: bool,
    /// TURN over TCP.
    pub tcp: bool,
    /// TURN over TLS.
    pub tls: bool,
}

/// What kind of server is wanted.
#[derive(Debug, Clone)]
pub struct TurnOptions {
    /// Who may have a relay.
    pub access: TurnAccess,
    /// Over what.
    pub listeners: TurnListeners,
    /// The address of the server, its relays and its certificate.
    pub address: IpAddr,
    /// Run inside this namespace.
    pub namespace: Option<Arc<Namespace>>,
}

impl TurnOptions {
    /// Loopback, everything on.
    #[must_use]
    pub fn new(access: TurnAccess) -> Self {
        let listeners = TurnListeners { udp: true, tcp: true, tls: true };
        Self { access, listeners, address: IpAddr::V4(Ipv4Addr::LOCALHOST), namespace: None }
    }
}

/// A running coturn.
#[derive(Debug)]
pub struct TurnServer {
    options: TurnOptions,
    ports: [u16; 2],
    certificate: Certificate,
    log: PathBuf,
    _process: Group,
    /// Last field: removed after the process has ended.
    _folder: tempfile::TempDir,
}

impl TurnServer {
    /// Starts a server and waits until clients can connect.
    ///
    /// # Errors
    /// [`crate::Error::Missing`] when it is not installed (a reason to skip), otherwise with the end of its log.
    pub fn start(options: TurnOptions) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("confab-turn").tempdir();
        let folder = folder.doing(|| "making a folder for a TURN server".into())?;
        let ports: [u16; 2] = free_ports()?;
        let mut names = vec!["localhost".to_owned()];
        names.push(options.address.to_string());
        let certificate = Certificate::in_folder(&folder.path().join("tls"), &names)?;
        let config = folder.path().join("turnserver.conf");
        let text = configuration(&options, ports, &certificate, folder.path());
        fs::write(&config, text).doing(|| format!("writing {}", config.display()))?;
        let mut command = match &options.namespace {
            Some(namespace) => namespace.command("turnserver"),
            None => Command::new("turnserver"),
        };
        let log = folder.path().join("turn.log");
        let mut process = Group::spawn(command.arg("-c").arg(&config).current_dir(folder.path()), &log)?;
        let TurnListeners { udp, tcp, tls } = options.listeners;
        let streams = [tcp.then_some(ports[0]), tls.then_some(ports[1])];
        process.wait_ready("coturn", READY, || {
            let listens =
                |port: u16| exchange(options.namespace.as_deref(), SocketAddr::new(options.address, port), "").is_ok();
            // UDP cannot be asked without speaking STUN: its own word for it.
            let has_udp = !udp || fs::read_to_string(&log).is_ok_and(|text| text.contains("IPv4. UDP listener opened"));
            has_udp && streams.into_iter().flatten().all(listens)
        })?;
        Ok(Self { options, ports, certificate, log, _process: process, _folder: folder })
    }

    /// Address of the server, and of all relays.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.options.address
    }

    /// For UDP and TCP.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    /// For TLS.
    #[must_use]
    pub fn tls_port(&self) -> u16 {
        self.ports[1]
    }

    /// The certificate (PEM) that clients have to trust.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.certificate.ca
    }

    /// For an XMPP server that is to hand this one out; `None` if it is not open by a secret.
    #[must_use]
    pub fn relay(&self) -> Option<Relay> {
        match &self.options.access {
            TurnAccess::User { .. } => None,
            TurnAccess::Secret(secret) => {
                Some(Relay { host: self.address(), port: self.port(), secret: secret.clone() })
            }
        }
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        tail(&self.log)
    }
}

fn configuration(options: &TurnOptions, ports: [u16; 2], certificate: &Certificate, folder: &Path) -> String {
    let TurnOptions { access, listeners, address, .. } = options;
    let access = match access {
        TurnAccess::User { name, password } => format!("lt-cred-mech\nuser={name}:{password}"),
        TurnAccess::Secret(secret) => format!("use-auth-secret\nstatic-auth-secret={secret}"),
    };
    let unless = |wanted: bool, line: &'static str| if wanted { "" } else { line };
    [
        &format!("listening-ip={address}\nrelay-ip={address}"),
        &format!("listening-port={}\ntls-listening-port={}", ports[0], ports[1]),
        &format!("cert={}\npkey={}", certificate.chain.display(), certificate.key.display()),
        &format!("userdb={0}/turndb\npidfile={0}/turn.pid", folder.display()),
        &access,
        unless(listeners.udp, "no-udp"),
        unless(listeners.tcp, "no-tcp"),
        unless(listeners.tls, "no-tls"),
        "realm=localhost\nfingerprint\nno-dtls\nno-cli\nrelay-threads=1",
        // Peers of tests are on loopback; coturn refuses them by default (CVE-2020-26262).
        "allow-loopback-peers",
        "log-file=stdout\nsimple-log\nverbose\n",
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpStream, UdpSocket};

    use super::*;
    use crate::skip;

    /// A question for the own address (RFC 8489 §2).
    const BINDING: [u8; 20] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    #[test]
    fn a_server_answers_over_udp_and_tcp_and_ends_with_its_value() {
        let access = TurnAccess::User { name: "name".into(), password: "word".into() };
        let server = match TurnServer::start(TurnOptions::new(access)) {
            Ok(server) => server,
            Err(error) => return skip(&format!("no coturn here: {error}")),
        };
        let to = SocketAddr::new(server.address(), server.port());
        let mut answer = [0; 200];
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(READY)).unwrap();
        socket.send_to(&BINDING, to).unwrap();
        socket.recv(&mut answer).unwrap();
        assert_eq!(answer[..2], [1, 1], "a success response");
        let mut stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(READY)).unwrap();
        stream.write_all(&BINDING).unwrap();
        stream.read_exact(&mut answer[..20]).unwrap();
        assert_eq!(answer[..2], [1, 1]);
        drop(server);
        assert!(TcpStream::connect(to).is_err());
    }
}
