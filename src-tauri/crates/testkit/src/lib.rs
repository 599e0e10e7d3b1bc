//! What tests need from the machine: servers, displays, sound, cameras, networks and loss, all real and all throw-away.
//!
//! Owns: outside processes and virtual devices, each of which ends with the value that stands for it. In: options.
//! Out: addresses, environment variables, files. Does not: know XMPP, calls or any other crate of ours, and has no async
//! runtime, so that `cargo xtask` builds from it quickly on a fresh machine.

pub mod audio;
pub mod barcode;
#[cfg(unix)]
pub mod bus;
pub mod cable;
#[cfg(target_os = "linux")]
pub mod camera;
pub mod display;
pub mod error;
pub mod history;
pub mod lossy;
#[cfg(unix)]
pub mod netns;
pub mod process;
pub mod pulse;
#[cfg(unix)]
pub mod server;
#[cfg(unix)]
pub mod turn;

pub use error::{Error, Result};

/// Says on standard output that this test did not run, and why. `cargo xtask test` counts these lines.
///
/// One call per test, followed by a return. In CI a skipped test fails the run.
pub fn skip(reason: &str) {
    println!("SKIPPED: {}", reason.replace('\n', " "));
}
