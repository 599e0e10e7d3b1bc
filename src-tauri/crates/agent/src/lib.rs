//! `confab-agent` as a library: the protocol of its lines, for those who write or read them.

mod dispatch;
mod protocol;
mod run;

pub use protocol::{Operation, OutputLine, RequestLine, parse};
pub use run::run;
