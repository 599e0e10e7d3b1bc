//! Pages and packets of an Ogg file (RFC 3533), one page in memory.

use std::io::{self, BufRead};

const CAPTURE: &[u8; 4] = b"OggS";
/// Bytes after the capture pattern up to and with the number of lacing values.
const REST_OF_HEADER: usize = 23;
/// Bytes. 120 ms at the highest rate of Opus (RFC 7845 §6).
const LARGEST_PACKET: usize = 61_440;
/// No packet ends in this page (RFC 3533 §6).
const NO_GRANULE: u64 = u64::MAX;

/// One page, taken apart.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) serial: u32,
    pub(super) sequence: u32,
    pub(super) granule: Option<u64>,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    is_continued: bool,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

/// Reads the next undamaged page into `page`. False: the end of the file. What is between pages is skipped; a damaged page
/// is skipped by its stated length, so that the work stays proportional to the file.
pub(super) fn next_page(input: &mut impl BufRead, page: &mut Page) -> io::Result<bool> {
    loop {
        match read_page(input, page) {
            Ok(Some(true)) => return Ok(true),
            Ok(Some(false)) => {}
            Ok(None) => return Ok(false),
            // A file that was cut off ends with its last whole page.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// `Some(false)`: it was none.
fn read_page(input: &mut impl BufRead, page: &mut Page) -> io::Result<Option<bool>> {
    if !find_capture(input)? {
        return Ok(None);
    }
    // Looked at before it is taken: after the pattern in the middle of something else, the next page may begin here.
    if input.fill_buf()?.first().is_some_and(|version| *version != 0) {
        return Ok(Some(false));
    }
    let mut header = [0; REST_OF_HEADER];
    input.read_exact(&mut header)?;
    let [_, flags, rest @ .., count] = header;
    let field = |at: usize| u32::from_le_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
    let granule = u64::from(field(0)) | u64::from(field(4)) << 32;
    let checksum = field(16);
    page.granule = (granule != NO_GRANULE).then_some(granule);
    page.serial = field(8);
    page.sequence = field(12);
    page.is_continued = flags & 1 != 0;
    page.is_first = flags & 2 != 0;
    page.is_last = flags & 4 != 0;
    page.lacing.resize(usize::from(count), 0);
    input.read_exact(&mut page.lacing)?;
    page.body.resize(page.lacing.iter().map(|value| usize::from(*value)).sum(), 0);
    input.read_exact(&mut page.body)?;
    header[18..22].fill(0);
    let computed = [CAPTURE.as_slice(), &header, &page.lacing, &page.body].into_iter().fold(0, crc);
    Ok(Some(computed == checksum))
}

fn find_capture(input: &mut impl BufRead) -> io::Result<bool> {
    let mut matched = 0;
    loop {
        let there = input.fill_buf()?;
        if there.is_empty() {
            return Ok(false);
        }
        let mut used = there.len();
        for (at, byte) in there.iter().enumerate() {
            // `O` occurs only at the start of the pattern.
            matched = if *byte == CAPTURE[matched] { matched + 1 } else { usize::from(*byte == CAPTURE[0]) };
            if matched == CAPTURE.len() {
                used = at + 1;
                break;
            }
        }
        input.consume(used);
        if matched == CAPTURE.len() {
            return Ok(true);
        }
    }
}

/// Polynomial 0x04c11db7, no reflection, nothing inverted (RFC 3533 §6).
fn crc(crc: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(crc, |crc, byte| crc << 8 ^ CRC_TABLE[usize::from((crc >> 24) as u8 ^ byte)])
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut value = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x8000_0000 != 0 { value << 1 ^ 0x04c1_1db7 } else { value << 1 };
            bit += 1;
        }
        table[n] = value;
        n += 1;
    }
    table
};

/// Packets out of the pages of one stream.
#[derive(Debug, Default)]
pub(super) struct Packets {
    /// The start of a packet that goes on in the next page.
    pending: Vec<u8>,
    is_pending: bool,
    /// The pending packet is too large to be one of ours.
    is_oversize: bool,
    sequence: Option<u32>,
}

impl Packets {
    /// Gives each packet that ends in this page to `take`; an oversize one as an empty packet.
    pub(super) fn add(&mut self, page: &Page, mut take: impl FnMut(&[u8])) {
        let follows = self.sequence.is_none_or(|last| page.sequence == last.wrapping_add(1));
        self.sequence = Some(page.sequence);
        if !follows || !page.is_continued {
            self.drop_pending();
        }
        // The rest of a packet whose start is lost.
        let mut is_orphan = page.is_continued && !self.is_pending;
        let mut body = page.body.as_slice();
        let mut length = 0;
        for value in &page.lacing {
            length += usize::from(*value);
            if *value == 255 {
                continue;
            }
            let (packet, rest) = body.split_at(length.min(body.len()));
            (body, length) = (rest, 0);
            if std::mem::take(&mut is_orphan) {
                continue;
            }
            if self.is_pending {
                self.extend_pending(packet);
                take(&self.pending);
                self.drop_pending();
            } else {
                take(if packet.len() > LARGEST_PACKET { &[] } else { packet });
            }
        }
        if page.lacing.last() == Some(&255) && !is_orphan {
            self.is_pending = true;
            self.extend_pending(body);
        }
    }

    fn extend_pending(&mut self, part: &[u8]) {
        self.is_oversize |= self.pending.len() + part.len() > LARGEST_PACKET;
        if self.is_oversize {
            self.pending.clear();
        } else {
            self.pending.extend_from_slice(part);
        }
    }

    fn drop_pending(&mut self) {
        self.pending.clear();
        self.is_pending = false;
        self.is_oversize = false;
    }
}
