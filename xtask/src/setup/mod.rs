//! `cargo xtask setup`: finds what this machine lacks to build, run and test, and installs it after one question.
//!
//! Under a second when all is there, so that the other commands simply call it first.

mod apt;
pub mod node;

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};

/// Which system this is, from `/etc/os-release`.
enum System {
    Debian { is_ubuntu: bool },
    Fedora,
    Arch,
    OtherLinux,
    MacOs,
    Windows,
    Other,
}

fn system() -> System {
    match std::env::consts::OS {
        "linux" => from_os_release(&fs::read_to_string("/etc/os-release").unwrap_or_default()),
        "macos" => System::MacOs,
        "windows" => System::Windows,
        _ => System::Other,
    }
}

fn from_os_release(text: &str) -> System {
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim_matches('"').to_owned()
    };
    let id = field("ID");
    let like = format!("{id} {}", field("ID_LIKE"));
    let is = |name: &str| like.split(' ').any(|word| word == name);
    if is("debian") || is("ubuntu") {
        // Linux Mint and others take Ubuntu's packages, and with them its Chromium, which is only a snap.
        System::Debian { is_ubuntu: is("ubuntu") }
    } else if is("fedora") || is("rhel") {
        System::Fedora
    } else if is("arch") {
        System::Arch
    } else {
        System::OtherLinux
    }
}

/// Checks, asks, installs.
///
/// `yes` answers the question; so does `CI=true`, where nobody could.
pub fn run(yes: bool) -> Result<()> {
    let yes = yes || is_ci();
    match system() {
        System::Debian { is_ubuntu } => {
            let missing = apt::missing(is_ubuntu)?;
            if !missing.is_empty() {
                let text = format!("Missing packages: {}\nInstall them with apt-get?", missing.join(" "));
                if !yes && !confirm(&text)? {
                    bail!("not installed; do it by hand:\n  sudo apt-get install {}", missing.join(" "));
                }
                apt::install(&missing)?;
            }
            if is_ubuntu && !has_browser() {
                println!("{UBUNTU_CHROMIUM}");
            }
        }
        System::Fedora => advise("Fedora", "gcc", FEDORA),
        System::Arch => advise("Arch Linux", "gcc", ARCH),
        System::MacOs => advise("macOS", "clang", MACOS),
        System::Windows => advise("Windows", "cl", WINDOWS),
        System::OtherLinux | System::Other => advise("this system", "cc", OTHER),
    }
    node::install_packages()
}

/// Nobody can answer questions here, and nothing may be skipped.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

fn confirm(question: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("{question}\nNobody is there to answer: run `cargo xtask setup --yes`");
    }
    print!("{question} [Y/n] ");
    io::stdout().flush().context("asking")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).context("reading the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn has_browser() -> bool {
    ["chromium", "google-chrome", "chromium-browser"].iter().any(confab_testkit::process::is_installed)
}

/// Systems whose packages we do not install ourselves: says once what is needed, and again while a sign of it is missing.
fn advise(system: &str, sign: &str, text: &str) {
    let servers = confab_testkit::process::is_installed("prosody");
    let compiler = confab_testkit::process::is_installed(format!("{sign}{}", std::env::consts::EXE_SUFFIX));
    if !(servers && compiler) {
        println!("On {system}, install by hand what is missing of this:\n{text}");
    }
}

const UBUNTU_CHROMIUM: &str = "Ubuntu has Chromium only as a snap, which does not run in tests: the browser tests are skipped \
until another `chromium` or `google-chrome` is on the PATH.";

const FEDORA: &str = "  sudo dnf install @development-tools cmake nasm clang-devel webkit2gtk4.1-devel gtk3-devel \
librsvg2-devel libappindicator-gtk3-devel libxdo-devel openssl-devel libvpx-devel alsa-lib-devel turbojpeg-devel \
dbus-devel nodejs npm
  for demo and tests also: prosody ejabberd pulseaudio pulseaudio-utils xorg-x11-server-Xvfb chromium chromedriver \
openbox scrot xdotool espeak-ng sox nftables iproute coturn rsms-inter-fonts google-noto-sans-cjk-fonts
  prosody must not run as a service: sudo systemctl disable --now prosody ejabberd";

const ARCH: &str =
    "  sudo pacman -S --needed base-devel cmake nasm clang webkit2gtk-4.1 gtk3 librsvg libappindicator-gtk3 \
xdotool openssl libvpx alsa-lib libjpeg-turbo dbus nodejs npm
  for demo and tests also: prosody ejabberd pulseaudio xorg-server-xvfb chromium openbox scrot espeak-ng sox nftables \
iproute2 coturn inter-font noto-fonts-cjk";

const MACOS: &str = "  xcode-select --install
  brew install cmake nasm pkgconf libvpx jpeg-turbo node
  for the local server also: brew install prosody (or ejabberd)
  The demo and the tests with virtual devices run on Linux only.";

const WINDOWS: &str =
    "  Visual Studio Build Tools with \"Desktop development with C++\", CMake, NASM, LLVM, Node.js 20.19 or later
  vcpkg install libvpx libjpeg-turbo --triplet x64-windows-static-md
  WebView2 is part of Windows 11; Windows 10 needs its runtime from Microsoft.
  The local server, the demo and the tests with virtual devices run on Linux only (WSL does).";

const OTHER: &str = "  a C and C++ compiler, pkg-config, cmake, nasm, libclang, WebKitGTK 4.1, GTK 3, librsvg, libayatana-appindicator, \
libxdo, OpenSSL, libvpx, ALSA, libturbojpeg and D-Bus with their headers, Node.js 20.19 or later with npm
  for demo and tests also: prosody, ejabberd, pulseaudio, Xvfb, Chromium, WebKitWebDriver, openbox, scrot, xdotool, \
espeak-ng, sox, nftables, iproute2, coturn";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_apart() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert!(matches!(from_os_release(debian), System::Debian { is_ubuntu: false }));
        let ubuntu = "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\n";
        assert!(matches!(from_os_release(ubuntu), System::Debian { is_ubuntu: true }));
        let mint = "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert!(matches!(from_os_release(mint), System::Debian { is_ubuntu: true }));
        assert!(matches!(from_os_release("ID=fedora\n"), System::Fedora));
        assert!(matches!(from_os_release("ID=manjaro\nID_LIKE=arch\n"), System::Arch));
        assert!(matches!(from_os_release(""), System::OtherLinux));
    }
}
