//! Two sessions in one process, over loopback, with real sockets, ICE, DTLS and SRTP.
#![allow(clippy::unwrap_used)]

mod adaptation;
mod addition;
mod connect;
mod hostile;
mod link;
mod media;
mod pair;
mod real_peers;
mod relay;
mod restart;
mod round_trip;
mod set_up_time;
