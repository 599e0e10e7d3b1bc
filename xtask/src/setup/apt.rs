//! Packages of Debian and Ubuntu.

use std::collections::HashSet;
use std::process::Command;

use anyhow::{Context, Result, bail};
use confab_testkit::process::is_installed;

/// Compilers and headers that the app is built with.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "cmake",
    "nasm",
    "clang",
    "libclang-dev",
    "libwebkit2gtk-4.1-dev",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libayatana-appindicator3-dev",
    "libxdo-dev",
    "libssl-dev",
    "libvpx-dev",
    "libasound2-dev",
    "libturbojpeg0-dev",
    "libdbus-1-dev",
    "rpm",
];

/// Servers, devices, displays and peers of demo and tests.
const RUN: &[&str] = &[
    "prosody",
    "prosody-modules",
    "lua-sec",
    "lua-dbi-sqlite3",
    "lua-unbound",
    "ejabberd",
    "erlang-p1-sqlite3",
    "coturn",
    "pulseaudio",
    "pulseaudio-utils",
    "espeak-ng",
    "sox",
    "xvfb",
    "xauth",
    "openbox",
    "scrot",
    "xdotool",
    "webkit2gtk-driver",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-libav",
    "fonts-inter",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "nftables",
    "iproute2",
    "uidmap",
];

/// On Ubuntu these exist only as a snap, which cannot be driven from a test.
const BROWSER: &[&str] = &["chromium", "chromium-driver"];

/// Packages that bring a service which the system would start at once and at every boot.
const SERVICES: &[&str] = &["prosody", "ejabberd", "coturn"];

/// Runs as root. While it runs, `policy-rc.d` keeps the packages from starting their services; a `policy-rc.d` that was
/// there before stays as it is. The services that came in are not left enabled either.
const INSTALL: &str = r#"
set -e
services=$1
shift
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
    trap 'rm -f "$guard"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' > "$guard"
    chmod 755 "$guard"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "$@"
if command -v systemctl > /dev/null; then
    for service in $services; do
        systemctl disable --quiet "$service" || echo "could not disable $service" >&2
        if [ -d /run/systemd/system ]; then systemctl stop "$service" || true; fi
    done
fi
"#;

/// What of our list is not installed.
pub fn missing(is_ubuntu: bool) -> Result<Vec<&'static str>> {
    let mut wanted: Vec<&str> = [BUILD, RUN].concat();
    if !is_ubuntu {
        wanted.extend(BROWSER);
    }
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${Package} ${db:Status-Status}\\n"]).args(&wanted);
    // It fails when it does not know one of the names, and still prints the others.
    let out = query.output().context("starting dpkg-query")?;
    let text = String::from_utf8_lossy(&out.stdout);
    let installed: HashSet<&str> = text.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.retain(|name| !installed.contains(name));
    // Node.js often comes from elsewhere: only its commands count.
    wanted.extend([("node", "nodejs"), ("npm", "npm")].iter().filter(|(c, _)| !is_installed(c)).map(|(_, p)| *p));
    Ok(wanted)
}

pub fn install(packages: &[&str]) -> Result<()> {
    let services: Vec<&str> = packages.iter().copied().filter(|name| SERVICES.contains(name)).collect();
    let mut command = if is_root()? {
        Command::new("sh")
    } else if is_installed("sudo") {
        let mut sudo = Command::new("sudo");
        sudo.arg("sh");
        sudo
    } else {
        bail!("only root may install packages, and sudo is not there:\n  apt-get install {}", packages.join(" "));
    };
    let status = command.args(["-c", INSTALL, "install", &services.join(" ")]).args(packages).status();
    if !status.context("starting the installation")?.success() {
        bail!("apt-get did not install everything");
    }
    Ok(())
}

fn is_root() -> Result<bool> {
    Ok(confab_testkit::process::run(Command::new("id").arg("-u"))?.trim() == "0")
}
