//! Pictures into files: Y4M for raw ones, IVF for encoded ones.

use std::io::{self, Seek, SeekFrom, Write};

use confab_model::{EncodedVideoFrame, I420Frame};

/// Writes YUV4MPEG2. A change of size within a file is an error: the format has one size.
#[derive(Debug)]
pub struct Y4mWriter<W> {
    out: W,
    fps: u32,
    size: Option<(u32, u32)>,
}

impl<W: Write> Y4mWriter<W> {
    /// The header follows with the first picture.
    pub fn new(out: W, fps: u32) -> Self {
        Self { out, fps, size: None }
    }

    /// Appends a picture.
    pub fn write(&mut self, frame: &I420Frame) -> io::Result<()> {
        let size = (frame.width, frame.height);
        if self.size.is_none() {
            self.size = Some(size);
            writeln!(self.out, "YUV4MPEG2 W{} H{} F{}:1 Ip A1:1 C420jpeg", size.0, size.1, self.fps)?;
        }
        if self.size != Some(size) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the picture size changed"));
        }
        self.out.write_all(b"FRAME\n")?;
        self.out.write_all(&frame.data)
    }

    /// Flushes and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes IVF with VP8 at a 90 kHz clock. Begins with the first keyframe.
#[derive(Debug)]
pub struct IvfWriter<W> {
    out: W,
    frames: u32,
    last_timestamp: u32,
    ticks: u64,
}

impl<W: Write + Seek> IvfWriter<W> {
    /// The header follows with the first keyframe.
    pub fn new(out: W) -> Self {
        Self { out, frames: 0, last_timestamp: 0, ticks: 0 }
    }

    /// Appends a picture; pictures before the first keyframe are left out.
    pub fn write(&mut self, frame: &EncodedVideoFrame) -> io::Result<()> {
        if self.frames == 0 {
            if !frame.keyframe {
                return Ok(());
            }
            self.write_header(frame)?;
            self.last_timestamp = frame.timestamp;
        }
        self.ticks += u64::from(frame.timestamp.wrapping_sub(self.last_timestamp));
        self.last_timestamp = frame.timestamp;
        let size = u32::try_from(frame.data.len())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a picture of over 4 GiB"))?;
        self.out.write_all(&size.to_le_bytes())?;
        self.out.write_all(&self.ticks.to_le_bytes())?;
        self.out.write_all(&frame.data)?;
        self.frames += 1;
        Ok(())
    }

    fn write_header(&mut self, frame: &EncodedVideoFrame) -> io::Result<()> {
        let mut header = Vec::with_capacity(32);
        header.extend_from_slice(b"DKIF");
        header.extend_from_slice(&0u16.to_le_bytes());
        header.extend_from_slice(&32u16.to_le_bytes());
        header.extend_from_slice(b"VP80");
        header.extend_from_slice(&u16::try_from(frame.width).unwrap_or(u16::MAX).to_le_bytes());
        header.extend_from_slice(&u16::try_from(frame.height).unwrap_or(u16::MAX).to_le_bytes());
        header.extend_from_slice(&90_000u32.to_le_bytes());
        header.extend_from_slice(&1u32.to_le_bytes());
        header.extend_from_slice(&[0; 8]);
        self.out.write_all(&header)
    }

    /// Writes the number of pictures into the header and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        if self.frames > 0 {
            self.out.seek(SeekFrom::Start(24))?;
            self.out.write_all(&self.frames.to_le_bytes())?;
            self.out.seek(SeekFrom::End(0))?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}
