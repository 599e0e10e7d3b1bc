//! What the tests in this package share: driving real agents against real servers.
//!
//! Owns: [`driver`], which runs `confab-agent` as a process and waits for what it tells. Does not: look into the core;
//! whatever is not in an agent's lines or on the disk does not exist for these tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod driver;
