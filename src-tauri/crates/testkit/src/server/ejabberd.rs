//! Configuration and commands of ejabberd (23.01 and later).
//!
//! It is started by `erl` itself: `ejabberdctl` of Debian insists on the system's user and folders. Without a node
//! name Erlang opens no distribution port and needs no epmd, so nothing can clash with another ejabberd on the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::LocalServer;
use crate::error::{Context, Error, Result};
use crate::netns::exchange;
use crate::process::is_installed;

/// Folders that hold `ejabberd-<version>/ebin` in distributions and in upstream's own packages.
const LIBRARIES: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib/ejabberd/lib",
    "/usr/local/lib",
    "/opt/homebrew/opt/ejabberd/lib",
];

pub(super) fn command(server: &LocalServer) -> Result<Command> {
    if !is_installed("erl") {
        return Err(Error::Missing("erl (Erlang, for ejabberd)".into()));
    }
    let libraries = libraries().ok_or_else(|| Error::Missing("ejabberd".into()))?;
    let spool = server.folder.join("spool");
    let mut command = server.command("erl");
    command
        .args(["-noinput", "-noshell", "+K", "true", "+P", "250000", "-mnesia", "dir"])
        .arg(format!("\"{}\"", spool.display()))
        .args(["-s", "ejabberd"])
        .env("ERL_LIBS", libraries)
        .env("EJABBERD_CONFIG_PATH", config_file(server))
        .env("EJABBERD_LOG_PATH", server.folder.join("ejabberd.log"))
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("ERL_CRASH_DUMP", server.folder.join("erl_crash.dump"))
        .env("ERL_CRASH_DUMP_BYTES", "0")
        .env("HOME", &spool);
    Ok(command)
}

fn libraries() -> Option<&'static Path> {
    let has_ejabberd = |folder: &Path| {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        entries.flatten().any(|entry| {
            entry.file_name().to_string_lossy().starts_with("ejabberd-") && entry.path().join("ebin").is_dir()
        })
    };
    LIBRARIES.iter().map(Path::new).find(|folder| has_ejabberd(folder))
}

fn config_file(server: &LocalServer) -> PathBuf {
    server.folder.join("ejabberd.yml")
}

pub(super) fn configure(server: &LocalServer) -> Result<()> {
    let spool = server.folder.join("spool");
    fs::create_dir_all(&spool).doing(|| format!("creating {}", spool.display()))?;
    if server.options.captcha {
        write_captcha(server)?;
    }
    let path = config_file(server);
    fs::write(&path, config(server)).doing(|| format!("writing {}", path.display()))
}

/// Draws the pictures: always the same one, with what it should show beside it in a file.
fn captcha_script(server: &LocalServer) -> PathBuf {
    server.folder.join("captcha.sh")
}

/// What the picture should show that was drawn last.
pub(super) fn captcha_file(server: &LocalServer) -> PathBuf {
    server.folder.join("captcha.txt")
}

/// A PNG of one grey pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00,
    0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn write_captcha(server: &LocalServer) -> Result<()> {
    let (script, picture) = (captcha_script(server), server.folder.join("captcha.png"));
    fs::write(&picture, PIXEL).doing(|| format!("writing {}", picture.display()))?;
    let answer = captcha_file(server);
    // ejabberd gives the text as the argument and takes a picture.
    let text = format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\ncat '{}'\n", answer.display(), picture.display());
    fs::write(&script, text).doing(|| format!("writing {}", script.display()))?;
    #[cfg(unix)]
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .doing(|| format!("making {} a program", script.display()))?;
    Ok(())
}

/// Over the HTTP interface, which is open to loopback: `ejabberdctl` would need a node name.
pub(super) fn register(server: &LocalServer, user: &str, password: &str) -> Result<()> {
    let body = serde_json::json!({ "user": user, "host": server.domain(), "password": password }).to_string();
    let request = format!(
        "POST /api/register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(server.namespace(), server.inside(server.ports.http), &request)?;
    // Older versions answer 200 also when they refuse; the body then says so.
    if answer.starts_with("HTTP/1.1 200") && !answer.contains("already registered") {
        return Ok(());
    }
    Err(Error::Unexpected(format!("ejabberd did not register {user}: {answer}")))
}

fn config(server: &LocalServer) -> String {
    let ports = server.ports;
    let quoted = |path: &Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    let bundle = quoted(&server.certificate.bundle);
    let database = quoted(&server.folder.join("spool/ejabberd.sqlite"));
    let docroot = quoted(&server.folder.join("upload"));
    let uploads = server.options.uploads.map_or_else(String::new, |largest| {
        format!(
            r#"  mod_http_upload:
    host: upload.localhost
    access: all
    docroot: {docroot}
    put_url: "https://{address}:{https}/upload"
    max_size: {largest}
"#,
            address = server.address(),
            https = ports.https,
        )
    });
    let captcha_command = if server.options.captcha {
        format!("captcha_cmd: {}\ncaptcha_limit: infinity\n", quoted(&captcha_script(server)))
    } else {
        String::new()
    };
    format!(
        r#"# Written at every start.
hosts: [localhost]
loglevel: info
certfiles: [{bundle}]
# Not Mnesia, which keeps what it was told in memory for a while: a killed server would forget accounts.
auth_method: sql
auth_password_format: scram
auth_scram_hash: sha256
default_db: sql
sql_type: sqlite
sql_database: {database}
registration_timeout: infinity
{captcha_command}s2s_access: none
listen:
  - {{ port: {client}, ip: "{bind}", module: ejabberd_c2s, max_stanza_size: {longest_stanza}, access: all, starttls_required: true }}
  - {{ port: {direct_tls}, ip: "{bind}", module: ejabberd_c2s, max_stanza_size: {longest_stanza}, access: all, tls: true }}
  - port: {http}
    ip: "{bind}"
    module: ejabberd_http
    request_handlers: {{ /ws: ejabberd_http_ws, /api: mod_http_api, /upload: mod_http_upload }}
  - port: {https}
    ip: "{bind}"
    module: ejabberd_http
    tls: true
    request_handlers: {{ /ws: ejabberd_http_ws, /upload: mod_http_upload }}
  - port: {stun}
    ip: "{bind}"
    transport: udp
    module: ejabberd_stun
    use_turn: true
    turn_ipv4_address: "{address}"
    # TURN refuses private peers by default; here all peers are.
    turn_blacklist: []
    auth_realm: localhost
api_permissions:
  tests:
    who: {{ ip: [127.0.0.0/8, 10.77.0.0/16] }}
    what: [register, unregister, status]
modules:
  mod_adhoc: {{}}
  mod_admin_extra: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_http_api: {{}}
{uploads}  mod_last: {{}}
  mod_mam: {{ assume_mam_usage: true, default: always, request_activates_archiving: false }}
  mod_muc:
    host: conference.localhost
    access_create: all
    access_persistent: all
    access_mam: all
    max_users: 200
    default_room_options: {{ mam: true }}
  mod_offline: {{ access_max_user_messages: max_user_offline_messages }}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_push: {{}}
  mod_pubsub:
    host: pubsub.localhost
    access_createnode: all
    plugins: [flat, pep]
    force_node_config:
      # Bookmarks are nobody else's business (XEP-0402 §2.1).
      "storage:bookmarks": {{ access_model: whitelist }}
      "urn:xmpp:bookmarks:1": {{ access_model: whitelist }}
  mod_register: {{ access: all, ip_access: all, welcome_message: {{}}, captcha_protected: {captcha} }}
  mod_roster: {{ versioning: true }}
  mod_stream_mgmt: {{ resume_timeout: 300, resend_on_timeout: if_offline, max_ack_queue: 5000 }}
  mod_stun_disco:
    access: all
    credentials_lifetime: 1h
    offer_local_services: false
    services:
      - {{ host: "{address}", port: {stun}, type: stun, transport: udp, restricted: false }}
      - {{ host: "{address}", port: {stun}, type: turn, transport: udp, restricted: true }}
  mod_time: {{}}
  mod_vcard: {{ search: true }}
  mod_version: {{}}
shaper_rules:
  max_user_offline_messages: 100000
  max_user_sessions: 100
"#,
        captcha = server.options.captcha,
        longest_stanza = server.options.longest_stanza,
        client = ports.client,
        direct_tls = ports.direct_tls,
        http = ports.http,
        https = ports.https,
        stun = ports.stun,
        bind = server.bind(),
        address = server.address(),
    )
}
