//! Files over HTTP, for XEP-0363 uploads and for what people share by address.
//!
//! Owns: the HTTP client with its limits and time-outs, the check of what was fetched, names that are safe to keep, and
//! folders in which nothing is ever overwritten. In: addresses, files, limits. Out: progress, a file, or why not.
//!
//! It does not: ask a server for an upload slot (the session does), remember anything over a restart but the part of a
//! download that is already here, or decide what may be fetched (the client does).

mod download;
mod http;
mod name;
mod place;
mod upload;

pub use download::{Download, Expected};
pub use http::{Http, Progress};
pub use name::safe_name;
pub use place::{copy_over, free_disk_name, keep_copy};
pub use upload::{Upload, UploadError};
