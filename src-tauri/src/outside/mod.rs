//! What goes between the app and the rest of the desktop: links, files and folders that the system opens, links that it opens
//! here, the system's own dialogs for files, files on the clipboard or dragged over the window.
//!
//! In: addresses and paths that a person pressed or brought. Out: other programs, started by the system; paths of files.
//! Nothing is fetched here, and nothing that could run on this machine is started: such a file is shown in its folder.

mod clipboard;
mod dialog;
mod drag;
mod file;
mod link;
mod opened;

pub(crate) use clipboard::{Copied, copied};
pub(crate) use dialog::{pick_files, pick_folder, place_for, tell};
pub use drag::FilesDragged;
pub(crate) use drag::{dragged, readable};
pub(crate) use file::open as open_file;
pub(crate) use link::open as open_link;
pub use opened::LinkOpened;
pub(crate) use opened::{OpenedLink, link_of, link_opened};
