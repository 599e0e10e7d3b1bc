//! Journeys: what people do with Confab, by agents (the core without a window) on a real Prosody and a real ejabberd.
//!
//! Each journey is a function that takes a [`World`]; the macros below make it a test per server. Waits are for what
//! agents tell; limits only bound failures. `CONFAB_AGENT_LOG` sets the agents' log level; the logs of the last run
//! are under `target/tmp/journeys`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod amendments;
mod call_ends;
mod calls;
mod chat;
mod contacts;
mod devices;
#[cfg(target_os = "linux")]
mod disks;
mod files;
mod folders;
mod groups;
mod history;
mod hostile;
mod keeping;
mod lines;
mod network;
mod notify;
mod outages;
mod pictures;
mod relay;
mod stanzas;
mod steps;
mod sync;
mod voice;

use std::future::Future;

use confab_tests::driver::World;

/// Makes a test of each journey for each kind of server. `shared`: on the server that all tests of this run share;
/// `alone`: on a server of its own, which it may kill.
#[macro_export]
macro_rules! journeys {
    (shared: $($name:ident),+ $(,)?) => {$(
        mod $name {
            use confab_testkit::server::Kind;
            use confab_tests::driver::World;

            #[test]
            fn prosody() {
                $crate::run(World::shared(Kind::Prosody, stringify!($name)), super::$name);
            }

            #[test]
            fn ejabberd() {
                $crate::run(World::shared(Kind::Ejabberd, stringify!($name)), super::$name);
            }
        }
    )+};
    (alone: $($name:ident),+ $(,)?) => {$(
        mod $name {
            use confab_testkit::server::{Kind, ServerOptions};
            use confab_tests::driver::World;

            #[test]
            fn prosody() {
                $crate::run(World::alone(ServerOptions::new(Kind::Prosody), stringify!($name)), super::$name);
            }

            #[test]
            fn ejabberd() {
                $crate::run(World::alone(ServerOptions::new(Kind::Ejabberd), stringify!($name)), super::$name);
            }
        }
    )+};
    // On servers of their own that are not as usual.
    (with $change:expr; $($name:ident),+ $(,)?) => {$(
        mod $name {
            use confab_testkit::server::{Kind, ServerOptions};
            use confab_tests::driver::World;

            fn world(kind: Kind) -> Option<World> {
                let change: fn(&mut ServerOptions) = $change;
                let mut options = ServerOptions::new(kind);
                change(&mut options);
                World::alone(options, stringify!($name))
            }

            #[test]
            fn prosody() {
                $crate::run(world(Kind::Prosody), super::$name);
            }

            #[test]
            fn ejabberd() {
                $crate::run(world(Kind::Ejabberd), super::$name);
            }
        }
    )+};
    (prosody: $($name:ident),+ $(,)?) => {$(
        mod $name {
            use confab_testkit::server::Kind;
            use confab_tests::driver::World;

            #[test]
            fn prosody() {
                $crate::run(World::shared(Kind::Prosody, stringify!($name)), super::$name);
            }
        }
    )+};
}

/// Runs a journey. The readers of agents' lines have a thread of their own, so that no agent waits for a test that
/// waits for a server.
fn run<F: Future<Output = ()>>(world: Option<World>, journey: impl FnOnce(World) -> F) {
    let Some(world) = world else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(journey(world));
}
