//! Sound files of other programs through symphonia: AAC in MP4 or ADTS, MP3, Vorbis, FLAC, WAV, and Opus in Matroska or
//! MP4. One audio track; a chained Ogg ends with its first link.
//!
//! Its own seeking is not used: that of Ogg never ends on a file whose streams are interleaved in a certain way.

use std::{
    fs::File,
    io::{Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

use symphonia::core::{
    codecs::audio::{AudioDecoder, AudioDecoderOptions, well_known::CODEC_ID_OPUS},
    common::Limit,
    errors::Error,
    formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
    packet::Packet,
    units::TimeBase,
};

use crate::{
    audio::{
        BLOCK, Block, SAMPLE_RATE,
        codec::{self, packet_samples},
        resample::Resample,
    },
    voice::clip::{ClipError, Sound},
};

/// Bytes of a text tag that are kept; pictures are not.
const LARGEST_TAG: usize = 4_096;
/// Changes of the sample rate inside a file. Each costs the making of a resampler; honest files have none.
const MOST_RATES: u32 = 8;
/// Packets of a file, those of other tracks included: 12 hours of the shortest. A demuxer that stands still shall not spin.
const MOST_PACKETS: u32 = 20_000_000;
/// Channels of sound that is averaged.
const MOST_CHANNELS: usize = 32;

/// See the module.
pub(super) struct Foreign {
    file: File,
    open: Opened,
    /// Ticks of the first packet.
    start: Option<i64>,
    /// Samples at 48 kHz.
    position: u64,
    to_blocks: Option<ToBlocks>,
    rates: u32,
    packets: u32,
    interleaved: Vec<f32>,
    /// Packets were skipped since the decoder was used.
    is_stale: bool,
    is_over: bool,
}

struct Opened {
    format: Box<dyn FormatReader>,
    decoder: Decoder,
    track: u32,
    time_base: TimeBase,
}

enum Decoder {
    Opus(codec::Decoder),
    Other(Box<dyn AudioDecoder>),
}

/// A resampler and what does not fill it yet.
struct ToBlocks {
    rate: u32,
    resample: Resample,
    waiting: Vec<f32>,
}

/// A decoder that panics has met a file that it cannot handle; the program goes on.
fn guarded<T>(work: impl FnOnce() -> Result<T, ClipError>) -> Result<T, ClipError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(ClipError::Damaged("the decoder gave up on it".to_owned())))
}

fn refused(error: Error) -> ClipError {
    match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => error.into(),
        Error::Unsupported(what) => ClipError::Unsupported(what.to_owned()),
        error => ClipError::Damaged(error.to_string()),
    }
}

impl Foreign {
    pub(super) fn open(file: File) -> Result<Self, ClipError> {
        let open = Opened::from(&file)?;
        Ok(Self {
            file,
            open,
            start: None,
            position: 0,
            to_blocks: None,
            rates: 0,
            packets: 0,
            interleaved: Vec::new(),
            is_stale: false,
            is_over: false,
        })
    }

    /// The next packet of the track. `None`: the end, also that of a file that is cut off.
    fn next_packet(&mut self) -> Result<Option<Packet>, ClipError> {
        loop {
            self.packets += 1;
            if self.packets > MOST_PACKETS {
                return Err(ClipError::TooLong);
            }
            match self.open.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.open.track => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                Ok(None) | Err(Error::ResetRequired) => return Ok(None),
                // What was there before the damage is played.
                Err(_) if self.position > 0 => return Ok(None),
                Err(error) => return Err(refused(error)),
            }
        }
    }

    /// Samples at 48 kHz by which `packet` moves the position.
    fn advance(&mut self, packet: &Packet) -> u64 {
        let pts = packet.pts.get();
        let start = *self.start.get_or_insert(pts);
        let duration = i128::from(packet.dur.get()).max(self.opus_ticks(packet));
        let ticks = i128::from(pts) - i128::from(start) + duration;
        let base = self.open.time_base;
        let rate = i128::from(SAMPLE_RATE) * i128::from(base.numer.get());
        let end = ticks.saturating_mul(rate) / i128::from(base.denom.get());
        // Timestamps that go back move nothing.
        let end = u64::try_from(end.max(0)).unwrap_or(u64::MAX).max(self.position);
        end - std::mem::replace(&mut self.position, end)
    }

    /// Matroska does not always tell how long a packet is; Opus packets do.
    fn opus_ticks(&self, packet: &Packet) -> i128 {
        match (&self.open.decoder, packet_samples(&packet.data)) {
            (Decoder::Opus(_), Some(samples)) => {
                let base = self.open.time_base;
                let per_tick = i128::from(SAMPLE_RATE) * i128::from(base.numer.get());
                i128::from(samples) * i128::from(base.denom.get()) / per_tick
            }
            (Decoder::Opus(_) | Decoder::Other(_), _) => 0,
        }
    }

    fn decode(&mut self, packet: &Packet, out: &mut Vec<f32>) -> Result<(), ClipError> {
        if std::mem::take(&mut self.is_stale) {
            self.open.decoder.reset()?;
            if let Some(to_blocks) = &mut self.to_blocks {
                to_blocks.waiting.clear();
            }
        }
        let Some((rate, channels)) = self.open.decoder.decode(packet, &mut self.interleaved)? else { return Ok(()) };
        if rate == SAMPLE_RATE && self.to_blocks.is_none() {
            out.extend(mono(&self.interleaved, channels));
            return Ok(());
        }
        if self.to_blocks.as_ref().is_none_or(|present| present.rate != rate) {
            self.rates += 1;
            if self.rates > MOST_RATES {
                return Err(ClipError::Damaged("its sample rate changes all the time".to_owned()));
            }
            let resample = Resample::to_blocks(rate).map_err(|error| ClipError::Unsupported(error.to_string()))?;
            self.to_blocks = Some(ToBlocks { rate, resample, waiting: Vec::new() });
        }
        if let Some(to_blocks) = &mut self.to_blocks {
            to_blocks.push(mono(&self.interleaved, channels), out);
        }
        Ok(())
    }

    fn guarded_step(&mut self, out: Option<&mut Vec<f32>>) -> Result<Option<u64>, ClipError> {
        let packet = if self.is_over { None } else { self.next_packet()? };
        let Some(packet) = packet else {
            self.is_over = true;
            if let (Some(out), Some(mut to_blocks)) = (out, self.to_blocks.take()) {
                to_blocks.flush(out);
            }
            return Ok(None);
        };
        let samples = self.advance(&packet);
        match out {
            Some(out) => self.decode(&packet, out)?,
            None => self.is_stale = true,
        }
        Ok(Some(samples))
    }
}

impl Sound for Foreign {
    fn rewind(&mut self) -> Result<(), ClipError> {
        self.open = Opened::from(&self.file)?;
        self.start = None;
        self.position = 0;
        self.to_blocks = None;
        self.rates = 0;
        self.packets = 0;
        self.is_stale = false;
        self.is_over = false;
        Ok(())
    }

    fn step(&mut self, out: Option<&mut Vec<f32>>) -> Result<Option<u64>, ClipError> {
        let result = guarded(|| self.guarded_step(out));
        self.is_over |= result.is_err();
        result
    }
}

impl Opened {
    fn from(file: &File) -> Result<Self, ClipError> {
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        guarded(|| Self::probe(file))
    }

    fn probe(file: File) -> Result<Self, ClipError> {
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let metadata = MetadataOptions::default()
            .limit_tag_bytes(Limit::Maximum(LARGEST_TAG))
            .limit_visual_bytes(Limit::Maximum(0));
        // By content only: a name says what its sender likes.
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), metadata)
            .map_err(|error| match error {
                // Nothing in it looked like sound.
                Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    ClipError::Unsupported("no known file format".to_owned())
                }
                error => refused(error),
            })?;
        let silent = || ClipError::Unsupported("no sound in it".to_owned());
        let track = format.default_track(TrackType::Audio).ok_or_else(silent)?;
        let codec = track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or_else(silent)?;
        let rate = codec.sample_rate.and_then(TimeBase::try_from_recip);
        let time_base = track.time_base.or(rate).ok_or_else(silent)?;
        let decoder = if codec.codec == CODEC_ID_OPUS {
            Decoder::Opus(opus()?)
        } else {
            let made = symphonia::default::get_codecs().make_audio_decoder(codec, &AudioDecoderOptions::default());
            Decoder::Other(made.map_err(refused)?)
        };
        Ok(Self { decoder, track: track.id, time_base, format })
    }
}

fn opus() -> Result<codec::Decoder, ClipError> {
    codec::Decoder::new().map_err(|error| ClipError::Unsupported(error.to_string()))
}

impl Decoder {
    fn reset(&mut self) -> Result<(), ClipError> {
        match self {
            Self::Opus(decoder) => *decoder = opus()?,
            Self::Other(decoder) => decoder.reset(),
        }
        Ok(())
    }

    /// Fills `interleaved`; returns its rate and channels, `None` for a damaged packet.
    fn decode(&mut self, packet: &Packet, interleaved: &mut Vec<f32>) -> Result<Option<(u32, usize)>, ClipError> {
        match self {
            Self::Opus(decoder) => {
                let Some(samples) = packet_samples(&packet.data) else { return Ok(None) };
                interleaved.clear();
                interleaved.resize(samples as usize, 0.0);
                if !decoder.decode(&packet.data, interleaved) {
                    interleaved.fill(0.0);
                }
                Ok(Some((SAMPLE_RATE, 1)))
            }
            Self::Other(decoder) => match decoder.decode(packet) {
                Ok(sound) => {
                    let spec = sound.spec();
                    let (rate, channels) = (spec.rate(), spec.channels().count());
                    sound.copy_to_vec_interleaved(interleaved);
                    Ok((1..=MOST_CHANNELS).contains(&channels).then_some((rate, channels)))
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) => Ok(None),
                Err(error) => Err(refused(error)),
            },
        }
    }
}

/// The average of all channels. Broken floats are silence.
fn mono(interleaved: &[f32], channels: usize) -> impl Iterator<Item = f32> {
    let share = 1.0 / channels as f32;
    interleaved.chunks_exact(channels).map(move |frame| {
        let sample = frame.iter().sum::<f32>() * share;
        if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
    })
}

impl ToBlocks {
    fn push(&mut self, sound: impl Iterator<Item = f32>, out: &mut Vec<f32>) {
        self.waiting.extend(sound);
        let mut done = 0;
        let mut block: Block = [0.0; BLOCK];
        loop {
            let wanted = self.resample.next_input();
            let Some(part) = self.waiting.get(done..done + wanted) else { break };
            self.resample.fill_block(part, &mut block);
            out.extend_from_slice(&block);
            done += wanted;
        }
        self.waiting.drain(..done);
    }

    fn flush(&mut self, out: &mut Vec<f32>) {
        let missing = self.resample.next_input().saturating_sub(self.waiting.len());
        self.push(std::iter::repeat_n(0.0, missing), out);
    }
}
