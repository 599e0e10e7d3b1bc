//! `confab-agent` as a library: the protocol of its lines, for those who write or read them.

mod dispatch;
mod operation;
mod protocol;
mod run;

pub use operation::Operation;
pub use protocol::{OutputLine, RequestLine, parse};
pub use run::run;
