//! `cargo xtask server`: a local XMPP server with the accounts alice and bob, for trying things by hand.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use confab_testkit::server::{Kind, LocalServer, ServerOptions};

use crate::{root, setup};

/// Accounts that a new data folder gets: name and password are the same.
const ACCOUNTS: [&str; 2] = ["alice", "bob"];

/// How often it is checked that the server still runs.
const WATCH: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub struct Options {
    /// ejabberd instead of Prosody
    #[arg(long)]
    ejabberd: bool,
    /// Port for clients; a free one, the same at every start, when not given
    #[arg(long)]
    port: Option<u16>,
    /// Forget accounts and history of earlier starts
    #[arg(long)]
    fresh: bool,
}

pub fn run(options: &Options) -> Result<()> {
    setup::run(false)?;
    let kind = if options.ejabberd { Kind::Ejabberd } else { Kind::Prosody };
    let folder = root::target(if options.ejabberd { "server/ejabberd" } else { "server/prosody" });
    if options.fresh && folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    // Written after both accounts exist: an interrupted first start tries again.
    let mark = folder.join("accounts");
    let mut settings = ServerOptions::new(kind);
    settings.data = Some(folder);
    settings.port = options.port;
    let mut server = LocalServer::start(settings)?;
    if !mark.exists() {
        for name in ACCOUNTS {
            server.register(name, name)?;
        }
        fs::write(&mark, ACCOUNTS.join("\n")).with_context(|| format!("writing {}", mark.display()))?;
    }
    print_how_to_sign_in(&server);
    // Ctrl-C ends us at once; the server is in a group of its own and ends with us (see `process::Group`).
    while server.is_running() {
        thread::sleep(WATCH);
    }
    bail!("the server ended by itself:\n{}", server.log_tail());
}

fn print_how_to_sign_in(server: &LocalServer) {
    println!("{:?} is running; Ctrl-C stops it.", server.kind());
    println!();
    println!("  host           {}", server.address());
    println!("  port           {} (STARTTLS), {} (direct TLS)", server.port(), server.direct_tls_port());
    println!("  websocket      {}", server.websocket_url());
    println!("                 {}", server.secure_websocket_url());
    println!("  authority      {}", server.ca_file().display());
    println!("  accounts       alice@localhost (password alice), bob@localhost (password bob); registration is open");
    println!("  log            {}", server.log_file().display());
    println!();
    println!("In Confab: sign in as alice@localhost and enter host, port and authority under \"Server\".");
}
