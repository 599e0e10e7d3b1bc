//! Mono sound to Ogg Opus.

use std::io::{self, Write};

use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels, Signal};

use crate::audio::{
    SAMPLE_RATE,
    codec::{MAX_PAYLOAD, PACKET},
};

/// bit/s. A voice in full bandwidth is clear from 24 kbit/s on (RFC 6716 §2.1.1).
const BIT_RATE: i32 = 32_000;
/// 0..=10
const COMPLEXITY: i32 = 10;
/// Packets in a page: 1 s, which is what is lost when the power fails (RFC 7845 §6 asks for no more).
const PACKETS_IN_PAGE: u64 = 50;
const VENDOR: &[u8] = b"confab";

/// See the module. Each page is written whole by one call to `Write::write_all`.
pub(in crate::voice) struct OpusWriter<W> {
    file: W,
    /// Collects a page.
    pages: PacketWriter<'static, Vec<u8>>,
    encoder: opus::Encoder,
    serial: u32,
    /// Samples before the first that was recorded: the codec's look-ahead.
    pre_skip: u64,
    /// Less than a packet.
    waiting: Vec<f32>,
    /// Samples recorded, those in `waiting` included.
    recorded: u64,
    packets: u64,
    /// Samples and bytes that are on the disk in whole pages.
    on_disk: (u64, u64),
}

impl<W> std::fmt::Debug for OpusWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpusWriter").field("recorded", &self.recorded).finish_non_exhaustive()
    }
}

impl<W: Write> OpusWriter<W> {
    /// Writes the headers.
    pub(in crate::voice) fn new(file: W, serial: u32) -> io::Result<Self> {
        let mut encoder =
            opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Audio).map_err(io::Error::other)?;
        let pre_skip = configure(&mut encoder).map_err(io::Error::other)?;
        let pages = PacketWriter::new(Vec::new());
        let pre_skip = u64::from(pre_skip);
        let mut writer = Self {
            file,
            pages,
            encoder,
            serial,
            pre_skip,
            waiting: Vec::with_capacity(2 * PACKET),
            recorded: 0,
            packets: 0,
            on_disk: (0, 0),
        };
        writer.pages.write_packet(writer.head(), serial, PacketWriteEndInfo::EndPage, 0)?;
        writer.pages.write_packet(comment(), serial, PacketWriteEndInfo::EndPage, 0)?;
        writer.put_on_disk()?;
        Ok(writer)
    }

    /// RFC 7845 §5.1
    fn head(&self) -> Vec<u8> {
        let mut head = b"OpusHead".to_vec();
        head.extend([1, 1]);
        head.extend((self.pre_skip as u16).to_le_bytes());
        head.extend(SAMPLE_RATE.to_le_bytes());
        head.extend([0, 0, 0]);
        head
    }

    /// # Errors
    /// Those of the file. What is on the disk stays; see [`Self::on_disk`].
    pub(in crate::voice) fn write(&mut self, sound: &[f32]) -> io::Result<()> {
        self.recorded += sound.len() as u64;
        self.waiting.extend_from_slice(sound);
        // One packet is kept back: the last one must say that it is.
        while self.waiting.len() > PACKET {
            let end = if (self.packets + 1).is_multiple_of(PACKETS_IN_PAGE) {
                PacketWriteEndInfo::EndPage
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            self.write_packet(end)?;
        }
        Ok(())
    }

    /// Writes what is waiting and the end of the stream.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(in crate::voice) fn finish(&mut self) -> io::Result<()> {
        // The codec gives the last sample only after its look-ahead.
        let last = (self.pre_skip + self.recorded).div_ceil(PACKET as u64).max(1);
        while self.packets < last {
            let end =
                if self.packets + 1 == last { PacketWriteEndInfo::EndStream } else { PacketWriteEndInfo::NormalPacket };
            self.waiting.resize(self.waiting.len().max(PACKET), 0.0);
            self.write_packet(end)?;
        }
        self.file.flush()
    }

    fn write_packet(&mut self, end: PacketWriteEndInfo) -> io::Result<()> {
        let mut payload = [0; MAX_PAYLOAD];
        let length = self.encoder.encode_float(&self.waiting[..PACKET], &mut payload).map_err(io::Error::other)?;
        self.waiting.drain(..PACKET);
        self.packets += 1;
        // The position counts from before the look-ahead; the last one ends with the recording (RFC 7845 §4).
        let granule = (self.packets * PACKET as u64).min(self.pre_skip + self.recorded);
        self.pages.write_packet(payload[..length].to_vec(), self.serial, end, granule)?;
        if end != PacketWriteEndInfo::NormalPacket {
            self.put_on_disk()?;
            self.on_disk.0 = granule.saturating_sub(self.pre_skip);
        }
        Ok(())
    }

    fn put_on_disk(&mut self) -> io::Result<()> {
        let page = std::mem::take(self.pages.inner_mut());
        self.file.write_all(&page)?;
        self.on_disk.1 += page.len() as u64;
        Ok(())
    }

    /// Samples recorded.
    pub(in crate::voice) fn recorded(&self) -> u64 {
        self.recorded
    }

    /// Samples and bytes that are in the file in whole pages.
    pub(in crate::voice) fn on_disk(&self) -> (u64, u64) {
        self.on_disk
    }

    pub(in crate::voice) fn file_mut(&mut self) -> &mut W {
        &mut self.file
    }
}

/// Returns the look-ahead in samples.
fn configure(encoder: &mut opus::Encoder) -> Result<u16, opus::Error> {
    encoder.set_signal(Signal::Voice)?;
    encoder.set_complexity(COMPLEXITY)?;
    encoder.set_bitrate(Bitrate::Bits(BIT_RATE))?;
    encoder.set_vbr(true)?;
    // Nothing waits for these packets: the codec may spend bits where they are needed.
    encoder.set_vbr_constraint(false)?;
    Ok(u16::try_from(encoder.get_lookahead()?).unwrap_or(0))
}

/// RFC 7845 §5.2, without comments: a recording says nothing about who made it where.
fn comment() -> Vec<u8> {
    let mut comment = b"OpusTags".to_vec();
    comment.extend((VENDOR.len() as u32).to_le_bytes());
    comment.extend(VENDOR);
    comment.extend(0u32.to_le_bytes());
    comment
}
