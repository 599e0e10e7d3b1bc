//! Opus in Ogg (RFC 7845): the file of voice clips.
//!
//! Writing uses the `ogg` crate. Reading does not: its reader keeps every packet and every stream that a file names, and
//! stops at the first damaged page. The pages of [`pages`] have bounded buffers, damaged ones are skipped, chained streams
//! follow one another, and no granule position is believed except for trimming inside the last page.

mod pages;
mod reader;
mod writer;

pub(super) use reader::OpusFile;
pub(super) use writer::OpusWriter;
