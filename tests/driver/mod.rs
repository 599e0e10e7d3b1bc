//! Agents, servers and people: the vocabulary of the journeys.
//!
//! Nothing here sleeps. Every wait is for something that an agent says; its limit only bounds a failure. A failing
//! test prints what each of its agents was asked and told, in order.

mod agent;
mod binary;
mod log;
mod raw;
mod world;

pub use agent::{Agent, AgentOptions, Failure, LIMIT};
pub use raw::RawClient;
pub use world::{PASSWORD, World};
