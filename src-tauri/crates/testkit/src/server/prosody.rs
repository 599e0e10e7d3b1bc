//! Configuration and commands of Prosody (0.12 and 13).

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::LocalServer;
use crate::error::{Context, Result};
use crate::process::run;

/// In every version that we support.
const MODULES: &[&str] = &[
    "roster",
    "saslauth",
    "tls",
    "disco",
    "presence",
    "message",
    "iq",
    "ping",
    "time",
    "version",
    "carbons",
    "mam",
    "smacks",
    "csi",
    "csi_simple",
    "blocklist",
    "pep",
    "vcard4",
    "vcard_legacy",
    "bookmarks",
    "private",
    "offline",
    "lastactivity",
    "register_ibr",
    "user_account_management",
    "http",
    "websocket",
    "external_services",
];

/// From prosody-modules, taken when they are installed (SASL2, FAST and bind 2: XEP-0388, 0484, 0386; push: XEP-0357).
const COMMUNITY: &[&str] = &["sasl2", "sasl2_bind2", "sasl2_fast", "cloud_notify"];

/// Calls into the mod_smacks of Prosody 13: on 0.12, enabling stream management in the bind would end the stream.
const COMMUNITY_13: &[&str] = &["sasl2_sm"];

/// The same for the rooms: moderation (XEP-0425), pictures (XEP-0153).
const ROOMS: &[&str] = &["muc_moderation", "vcard_muc"];

/// What 0.12 lacks for [`COMMUNITY`]; see the file.
const SASL2_ON_0_12: &str = include_str!("mod_confab_sasl2.lua");

/// Where distributions and people put Prosody's modules.
const MODULE_FOLDERS: &[&str] = &[
    "/usr/lib/prosody/modules",
    "/usr/local/lib/prosody/modules",
    "/usr/share/prosody-modules",
    "/usr/lib/prosody-modules",
    "/opt/homebrew/lib/prosody/modules",
    "/usr/local/var/lib/prosody/custom_plugins",
];

/// An archive for measurements; see the file.
const QUICK_ARCHIVE: &str = include_str!("mod_storage_confab_archive.lua");

pub(super) fn command(server: &LocalServer) -> Command {
    let mut command = server.command("prosody");
    command.arg("--config").arg(config_file(server)).arg("-F");
    command
}

pub(super) fn register(server: &LocalServer, user: &str, password: &str) -> Result<()> {
    let mut command = prosodyctl(server);
    run(command.args(["register", user, server.domain(), password])).map(drop)
}

fn prosodyctl(server: &LocalServer) -> Command {
    let mut command = Command::new("prosodyctl");
    command.arg("--config").arg(config_file(server));
    // Without it, prosodyctl becomes the system's prosody user, which cannot read our folder.
    if rustix::process::getuid().is_root() {
        command.arg("--root");
    }
    command
}

fn config_file(server: &LocalServer) -> PathBuf {
    server.folder.join("prosody.cfg.lua")
}

fn plugins(server: &LocalServer) -> PathBuf {
    server.folder.join("plugins")
}

pub(super) fn configure(server: &LocalServer) -> Result<()> {
    let data = server.folder.join("data");
    fs::create_dir_all(&data).doing(|| format!("creating {}", data.display()))?;
    let plugins = plugins(server);
    fs::create_dir_all(&plugins).doing(|| format!("creating {}", plugins.display()))?;
    for (name, text) in [("confab_sasl2", SASL2_ON_0_12), ("storage_confab_archive", QUICK_ARCHIVE)] {
        let plugin = plugins.join(format!("mod_{name}.lua"));
        fs::write(&plugin, text).doing(|| format!("writing {}", plugin.display()))?;
    }
    let path = config_file(server);
    // The question for the version reads a configuration, and the system's is for root only.
    let first = format!("data_path = {}\n", lua(&data.to_string_lossy()));
    fs::write(&path, first).doing(|| format!("writing {}", path.display()))?;
    let text = config(server, &data.to_string_lossy())?;
    fs::write(&path, text).doing(|| format!("writing {}", path.display()))
}

/// "0.12.3". `prosody --version` starts a server in 0.12, so the question goes to `prosodyctl`.
pub(super) fn version_text(server: &LocalServer) -> Result<String> {
    let about = run(prosodyctl(server).arg("about"))?;
    // Complaints about the configuration come before it.
    let line = about.lines().find_map(|line| line.strip_prefix("Prosody ")).unwrap_or_default();
    Ok(line.trim().to_owned())
}

/// Major and minor number.
fn version(server: &LocalServer) -> Result<(u32, u32)> {
    static VERSION: OnceLock<(u32, u32)> = OnceLock::new();
    if let Some(version) = VERSION.get() {
        return Ok(*version);
    }
    // "0.12.3" or "13.0.1"; a development build ("trunk nightly") is newer than both.
    let text = version_text(server)?;
    let words = text.split(' ').next().unwrap_or_default();
    let mut numbers = words.split('.').map_while(|n| n.parse().ok());
    let version = (numbers.next().unwrap_or(u32::MAX), numbers.next().unwrap_or(0));
    Ok(*VERSION.get_or_init(|| version))
}

/// Whether rooms let those who lead them take messages back.
pub(super) fn moderates() -> bool {
    is_module_installed("muc_moderation")
}

fn is_module_installed(name: &str) -> bool {
    MODULE_FOLDERS.iter().any(|folder| {
        let folder = PathBuf::from(folder);
        folder.join(format!("mod_{name}")).is_dir() || folder.join(format!("mod_{name}.lua")).is_file()
    })
}

fn config(server: &LocalServer, data: &str) -> Result<String> {
    let newer = version(server)?.0 >= 13;
    let ports = server.ports;
    let mut modules: Vec<&str> = MODULES.to_vec();
    // 13 has no mod_posix any more; in 0.12 it is what handles SIGTERM.
    if !newer {
        modules.push("posix");
    }
    modules.extend(COMMUNITY.iter().filter(|name| is_module_installed(name)));
    if newer {
        modules.extend(COMMUNITY_13.iter().filter(|name| is_module_installed(name)));
    }
    if !newer && modules.contains(&"sasl2") {
        modules.push("confab_sasl2");
    }
    if server.options.relay.is_some() {
        modules.push("turn_external");
    }
    let mut text = String::from("-- Written at every start.\n");
    let mut set = |name: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} = {value}");
    };
    let bind = list([lua(&server.bind().to_string())]);
    set("run_as_root", "true".into());
    set("data_path", lua(data));
    set("pidfile", lua(&format!("{data}/prosody.pid")));
    set("log", "{ { levels = { min = \"info\" }, to = \"console\" } }".into());
    let own = plugins(server).to_string_lossy().into_owned();
    set("plugin_paths", list(std::iter::once(own.as_str()).chain(MODULE_FOLDERS.iter().copied()).map(lua)));
    set("modules_enabled", list(modules.into_iter().map(lua)));
    set("modules_disabled", list(["s2s", "s2s_bidi", "dialback", "bosh"].map(lua)));
    set("interfaces", bind.clone());
    set("c2s_ports", list([ports.client.to_string()]));
    set("c2s_direct_tls_ports", list([ports.direct_tls.to_string()]));
    for (service, port) in [("http", ports.http), ("https", ports.https)] {
        set(&format!("{service}_ports"), list([port.to_string()]));
        set(&format!("{service}_interfaces"), bind.clone());
    }
    set("http_default_host", lua(server.domain()));
    set("consider_websocket_secure", "true".into());
    set("certificates", lua(&server.folder.join("tls").to_string_lossy()));
    set("https_certificate", lua(&server.certificate.chain.to_string_lossy()));
    set("c2s_direct_tls_certificate", lua(&server.certificate.chain.to_string_lossy()));
    // Nagle's algorithm costs 40 ms per message and receipt on loopback.
    set("network_settings", "{ nagle = false, tcp_backlog = 512 }".into());
    set("c2s_require_encryption", "true".into());
    set("authentication", lua("internal_hashed"));
    set("password_hash", lua("SHA-256"));
    // The key stretching protects nobody here and costs 30 ms per account in Lua.
    set("default_iteration_count", "4096".into());
    set("allow_registration", "true".into());
    let archive = if server.options.quick_archive { "confab_archive" } else { "internal" };
    set("default_storage", lua("internal"));
    set("storage", format!("{{ archive = {} }}", lua(archive)));
    set("default_archive_policy", "true".into());
    set("archive_expires_after", lua("never"));
    set("storage_archive_item_limit", "1000000".into());
    set("max_archive_query_results", "250".into());
    set("smacks_hibernation_time", "300".into());
    set("smacks_max_queue_size", "5000".into());
    set("c2s_stanza_size_limit", server.options.longest_stanza.to_string());
    if let Some(relay) = &server.options.relay {
        set("turn_external_host", lua(&relay.host.to_string()));
        set("turn_external_port", relay.port.to_string());
        set("turn_external_secret", lua(&relay.secret));
        set("turn_external_tcp", "true".into());
    }
    text += &hosts(server);
    Ok(text)
}

fn hosts(server: &LocalServer) -> String {
    let domain = lua(server.domain());
    let uploads = server.options.uploads.map_or_else(String::new, |largest| {
        let host = server.options.web_name.clone().unwrap_or_else(|| server.address().to_string());
        let url = lua(&format!("https://{host}:{}/", server.ports.https));
        format!(
            r#"
Component "upload.localhost" "http_file_share"
	http_host = {domain}
	http_external_url = {url}
	http_file_share_size_limit = {largest}
	http_file_share_daily_quota = 10737418240
	http_file_share_expires_after = 604800
"#
        )
    });
    let modules = std::iter::once("muc_mam").chain(ROOMS.iter().copied().filter(|name| is_module_installed(name)));
    format!(
        r#"
VirtualHost {domain}

Component {rooms} "muc"
	modules_enabled = {modules}
	restrict_room_creation = false
	muc_log_by_default = true
	muc_log_expires_after = "never"
	max_history_messages = 100
{uploads}"#,
        rooms = lua(server.rooms()),
        modules = list(modules.map(lua)),
    )
}

/// A Lua string literal.
fn lua(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("{{ {} }}", items.into_iter().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::lua;

    #[test]
    fn quotes_in_paths_are_escaped() {
        assert_eq!(lua("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }
}
