//! Private networks for child processes, for root and for ordinary users alike (user namespaces).
//!
//! Owns: namespaces and the links between them; they vanish with the value. In: node names and wishes (loss, cut).
//! Out: [`Namespace::command`], which starts a program inside.
//! Does not: move the test process itself; delay packets (the kernel here has no `netem`: [`crate::lossy`] does that).

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::process::{Group, run, tail};

/// Making a namespace takes about 10 ms; a loaded machine gets more.
const READY: Duration = Duration::from_secs(10);

/// Time-out of one exchange with a server inside or outside a namespace.
const EXCHANGE: Duration = Duration::from_secs(10);

/// A network namespace with its own loopback interface and, at first, nothing else.
#[derive(Debug)]
pub struct Namespace {
    holder: Group,
    /// Process whose user namespace has to be entered first; none when we are root outside.
    user: Option<u32>,
    _dir: tempfile::TempDir,
}

impl Namespace {
    /// A namespace that reaches nothing but itself.
    ///
    /// # Errors
    /// When the system allows neither root's way nor user namespaces: the test is then to be skipped with this reason.
    pub fn isolated() -> Result<Self> {
        if rustix::process::getuid().is_root()
            && let Ok(namespace) = Self::hold(Command::new("unshare"), false)
        {
            return Ok(namespace);
        }
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user"]);
        Self::hold(unshare, true)
    }

    /// Another namespace that belongs to the same user namespace, so that links can be moved between the two.
    fn sibling(&self) -> Result<Self> {
        let mut sibling = Self::hold(self.command("unshare"), false)?;
        sibling.user = self.user;
        Ok(sibling)
    }

    fn hold(mut unshare: Command, own_user: bool) -> Result<Self> {
        let dir = tempfile::tempdir().doing(|| "making a folder for a namespace".into())?;
        unshare.args(["--net", "--", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"]);
        let log = dir.path().join("log");
        let mut holder = Group::spawn(&mut unshare, &log)?;
        holder.wait_ready("a network namespace", READY, || tail(&log).lines().any(|line| line == "up"))?;
        let user = own_user.then(|| holder.id());
        Ok(Self { holder, user, _dir: dir })
    }

    /// A command that will run inside. Files, environment and the user's rights stay as outside.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        if let Some(user) = self.user {
            command.arg("--preserve-credentials").arg(format!("--user=/proc/{user}/ns/user"));
        }
        command.arg(format!("--net=/proc/{}/ns/net", self.holder.id())).arg("--").arg(program);
        command
    }

    fn ip(&self, args: &str) -> Result<()> {
        run(self.command("ip").args(args.split_whitespace())).map(drop)
    }

    /// Drops this share of arriving UDP packets at random, in percent; 0 ends the loss.
    ///
    /// # Errors
    /// When `nft` is missing or refused.
    pub fn drop_arriving_udp(&self, percent: f64) -> Result<()> {
        // Destroying a table that is not there is an error in older nft: add, then delete, then build.
        let mut rules = String::from("add table inet confab_loss; delete table inet confab_loss;");
        if percent > 0.0 {
            let per_mille = (percent * 10.0).round().max(1.0);
            // All is no number below 1000.
            let chance =
                if per_mille >= 1000.0 { String::new() } else { format!("numgen random mod 1000 < {per_mille}") };
            rules += &format!(
                "add table inet confab_loss; \
                 add chain inet confab_loss arriving {{ type filter hook input priority 0; }}; \
                 add rule inet confab_loss arriving iifname != \"lo\" meta l4proto udp \
                 {chance} drop;"
            );
        }
        run(self.command("nft").arg(rules)).map(drop)
    }
}

/// One machine of a [`Network`].
#[derive(Debug, Clone)]
pub struct Node {
    /// Where its programs run.
    pub namespace: Arc<Namespace>,
    /// Its address.
    pub address: Ipv4Addr,
    gateway: Ipv4Addr,
}

impl Node {
    /// Takes the network cable out.
    ///
    /// # Errors
    /// When `ip` fails.
    pub fn cut(&self) -> Result<()> {
        self.namespace.ip("link set net0 down")
    }

    /// Puts the cable in again. The address stays the same.
    ///
    /// # Errors
    /// When `ip` fails.
    pub fn mend(&self) -> Result<()> {
        self.namespace.ip("link set net0 up")?;
        // Routes through an interface are lost when it goes down.
        self.namespace.ip(&format!("route replace default via {}", self.gateway))
    }
}

/// A hub that routes between nodes, each on its own subnet: node `n` is 10.77.n.2, the hub is 10.77.n.1 to it.
///
/// A server runs in the hub, where every node reaches it at [`Network::hub_address`].
#[derive(Debug)]
pub struct Network {
    hub: Arc<Namespace>,
    nodes: Vec<Node>,
}

impl Network {
    /// A hub with `count` nodes (1 to 200).
    ///
    /// # Errors
    /// When namespaces or veth links cannot be had here: a reason to skip.
    pub fn new(count: u8) -> Result<Self> {
        if count == 0 || count > 200 {
            return Err(Error::Unexpected(format!("a network of {count} nodes")));
        }
        let hub = Arc::new(Namespace::isolated()?);
        hub.ip(&format!("addr add {} dev lo", Self::HUB))?;
        run(hub.command("sh").args(["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]))?;
        let mut nodes = Vec::new();
        for number in 1..=count {
            let namespace = hub.sibling()?;
            let (address, gateway) = (Ipv4Addr::new(10, 77, number, 2), Ipv4Addr::new(10, 77, number, 1));
            // The name is new inside the node only: the hub knows the other end as node1, node2, …
            let inside = namespace.holder.id();
            hub.ip(&format!("link add node{number} type veth peer name net0 netns {inside}"))?;
            hub.ip(&format!("addr add {gateway}/24 dev node{number}"))?;
            hub.ip(&format!("link set node{number} up"))?;
            namespace.ip(&format!("addr add {address}/24 dev net0"))?;
            let node = Node { namespace: Arc::new(namespace), address, gateway };
            node.mend()?;
            nodes.push(node);
        }
        Ok(Self { hub, nodes })
    }

    const HUB: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);

    /// The namespace in the middle.
    #[must_use]
    pub fn hub(&self) -> Arc<Namespace> {
        Arc::clone(&self.hub)
    }

    /// Address at which every node reaches the hub.
    #[must_use]
    pub fn hub_address(&self) -> Ipv4Addr {
        Self::HUB
    }

    /// The machines around it.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}

/// Sends `request` over TCP and returns everything that comes back until the other side closes, inside a namespace or
/// out here. With an empty request it only tells whether the port answers.
pub(crate) fn exchange(namespace: Option<&Namespace>, to: SocketAddr, request: &str) -> Result<String> {
    let Some(namespace) = namespace else {
        let doing = || format!("talking to {to}");
        let mut stream = TcpStream::connect_timeout(&to, EXCHANGE).doing(doing)?;
        if request.is_empty() {
            return Ok(String::new());
        }
        stream.set_read_timeout(Some(EXCHANGE)).doing(doing)?;
        stream.write_all(request.as_bytes()).doing(doing)?;
        stream.shutdown(Shutdown::Write).doing(doing)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).doing(doing)?;
        return Ok(String::from_utf8_lossy(&answer).into_owned());
    };
    // Entering a namespace is for child processes only: bash has TCP built in.
    let script = "exec 3<>\"/dev/tcp/$1/$2\" || exit 1; [ -z \"$3\" ] || { printf %s \"$3\" >&3; timeout 10 cat <&3; }";
    let (ip, port) = (to.ip().to_string(), to.port().to_string());
    run(namespace.command("bash").args(["-c", script, "exchange", &ip, &port, request]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skip;

    #[test]
    fn nodes_reach_each_other_until_the_cable_is_out() {
        let network = match Network::new(2) {
            Ok(network) => network,
            Err(e) => return skip(&format!("no network namespaces here: {e}")),
        };
        let [a, b] = network.nodes() else { panic!("two nodes") };
        // A refused connection is an answer too: the other machine is there.
        let knock = |from: &Node, to: Ipv4Addr| {
            let script = format!("exec 3<>/dev/tcp/{to}/9");
            let error = run(from.namespace.command("timeout").args(["2", "bash", "-c", &script])).unwrap_err();
            error.to_string().contains("Connection refused")
        };
        assert!(knock(a, b.address), "node to node");
        assert!(knock(b, network.hub_address()), "node to hub");
        a.cut().unwrap();
        assert!(!knock(a, b.address), "cut");
        a.mend().unwrap();
        assert!(knock(a, b.address), "mended");
        b.namespace.drop_arriving_udp(10.0).unwrap();
        b.namespace.drop_arriving_udp(0.0).unwrap();
    }

    #[test]
    fn an_isolated_namespace_sees_only_loopback() {
        let namespace = match Namespace::isolated() {
            Ok(namespace) => namespace,
            Err(e) => return skip(&format!("no network namespaces here: {e}")),
        };
        let links = run(namespace.command("ip").args(["-brief", "link"])).unwrap();
        assert!(links.lines().all(|line| line.starts_with("lo ") || line.contains("DOWN")), "{links}");
        assert!(links.contains("lo "), "{links}");
    }
}
