//! Recorded pictures as an input: YUV4MPEG2 with 8-bit 4:2:0, and IVF with VP8. The file plays over and over
//! at its own rate, at most at the limit's.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    path::PathBuf,
};

use confab_model::{DeviceId, Moment};

use super::{InputContext, InputFailure, InputFailureCode, Pace, VideoInput, VideoInputEvent};
use crate::video::{
    Picture, PicturePool,
    vp8::{MAX_PIXELS, Vp8Decoder},
};

/// Longest header line of a Y4M file or frame.
const MAX_LINE: u64 = 1_024;
/// Largest encoded picture of an IVF file.
const MAX_ENCODED: u32 = 8 << 20;

/// A file that plays over and over.
#[derive(Debug)]
pub struct FileInput {
    path: PathBuf,
}

impl FileInput {
    /// Nothing is opened yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

fn failure(error: &io::Error) -> InputFailure {
    let code = match error.kind() {
        io::ErrorKind::NotFound => InputFailureCode::NotFound,
        io::ErrorKind::PermissionDenied => InputFailureCode::Denied,
        _ => InputFailureCode::Failed,
    };
    InputFailure { code, detail: error.to_string() }
}

impl VideoInput for FileInput {
    fn run(&mut self, context: &InputContext) -> Result<(), InputFailure> {
        let mut reader = PictureFile::open(&self.path).map_err(|error| failure(&error))?;
        let mut pace = Pace::new(reader.fps.min(f64::from(context.limit.fps)));
        let mut first = true;
        loop {
            let picture = reader.next_or_again(context.clock.now()).map_err(|error| failure(&error))?;
            context.deliver(picture);
            if std::mem::take(&mut first) {
                let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let device = DeviceId(format!("file:{name}"));
                context.say(VideoInputEvent::Started { device, name, is_test: true });
            }
            if pace.wait(context) {
                return Ok(());
            }
        }
    }
}

#[derive(Debug)]
enum Format {
    Y4m { width: u32, height: u32 },
    Ivf { decoder: Vp8Decoder },
}

/// A file of pictures that can be read from the start again.
#[derive(Debug)]
struct PictureFile {
    input: BufReader<File>,
    format: Format,
    fps: f64,
    /// Where the first picture begins.
    start: u64,
    pool: PicturePool,
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.to_owned())
}

impl PictureFile {
    fn open(path: &std::path::Path) -> io::Result<Self> {
        let mut input = BufReader::new(File::open(path)?);
        let (format, fps) = if input.fill_buf()?.starts_with(b"DKIF") {
            read_ivf_header(&mut input)?
        } else {
            read_y4m_header(&mut input)?
        };
        let start = input.stream_position()?;
        Ok(Self { input, format, fps, start, pool: PicturePool::default() })
    }

    fn next_or_again(&mut self, now: Moment) -> io::Result<Picture> {
        if let Some(picture) = self.next(now)? {
            return Ok(picture);
        }
        self.input.seek(io::SeekFrom::Start(self.start))?;
        self.next(now)?.ok_or_else(|| invalid("the file has no picture"))
    }

    fn next(&mut self, now: Moment) -> io::Result<Option<Picture>> {
        match &mut self.format {
            Format::Y4m { width, height } => {
                let line = read_line(&mut self.input)?;
                if line.is_empty() {
                    return Ok(None);
                }
                if !line.starts_with("FRAME") {
                    return Err(invalid("a Y4M frame does not begin with FRAME"));
                }
                let mut picture = self.pool.picture(*width, *height, now);
                self.input.read_exact(picture.data_mut())?;
                Ok(Some(picture))
            }
            Format::Ivf { decoder } => loop {
                let mut header = [0; 12];
                match self.input.read_exact(&mut header) {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                    other => other?,
                }
                let size = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
                if size > MAX_ENCODED {
                    return Err(invalid("an IVF picture is too large"));
                }
                let mut data = vec![0; size as usize];
                self.input.read_exact(&mut data)?;
                let picture = decoder.decode(&data, now).map_err(|error| invalid(&error.to_string()))?;
                if picture.is_some() {
                    return Ok(picture);
                }
            },
        }
    }
}

fn read_line(input: &mut BufReader<File>) -> io::Result<String> {
    let mut line = Vec::new();
    input.take(MAX_LINE).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// `YUV4MPEG2 W640 H360 F30:1 … C420jpeg`
fn read_y4m_header(input: &mut BufReader<File>) -> io::Result<(Format, f64)> {
    let line = read_line(input)?;
    let mut words = line.split(' ');
    if words.next() != Some("YUV4MPEG2") {
        return Err(invalid("neither Y4M nor IVF"));
    }
    let (mut width, mut height, mut fps) = (0u32, 0u32, 30.0);
    for word in words {
        let Some(kind) = word.chars().next() else { continue };
        let value = &word[kind.len_utf8()..];
        match kind {
            'W' => width = value.parse().unwrap_or(0),
            'H' => height = value.parse().unwrap_or(0),
            'F' => {
                let rate = value
                    .split_once(':')
                    .and_then(|(over, under)| Some(over.parse::<f64>().ok()? / under.parse::<f64>().ok()?));
                fps = rate.unwrap_or(30.0);
            }
            'C' if !["420", "420jpeg", "420mpeg2", "420paldv"].contains(&value) => {
                return Err(invalid("only 8-bit 4:2:0 can be read"));
            }
            _ => {}
        }
    }
    if width < 2 || height < 2 || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(invalid("the picture size is missing or unusable"));
    }
    Ok((Format::Y4m { width, height }, fps))
}

fn read_ivf_header(input: &mut BufReader<File>) -> io::Result<(Format, f64)> {
    let mut header = [0; 32];
    input.read_exact(&mut header)?;
    if &header[8..12] != b"VP80" {
        return Err(invalid("only VP8 can be read from IVF"));
    }
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let fps = f64::from(number(16)) / f64::from(number(20).max(1));
    // A file made with a 90 kHz or millisecond clock says nothing about its rate.
    let fps = if (1.0..=120.0).contains(&fps) { fps } else { 30.0 };
    let decoder = Vp8Decoder::new().map_err(|error| invalid(&error.to_string()))?;
    Ok((Format::Ivf { decoder }, fps))
}
