//! Ogg Opus to mono sound.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufReader, Seek, SeekFrom},
};

use crate::{
    audio::codec::{Decoder, LONGEST, packet_samples},
    voice::{
        clip::{ClipError, Sound},
        ogg_opus::pages::{Packets, Page, next_page},
    },
};

/// Pages of other streams (a video, say) before the first one of ours.
const PAGES_TO_SEARCH: usize = 64;

/// What an identification header says (RFC 7845 §5.1).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Head {
    /// Samples at the start that are not played.
    pre_skip: u64,
    /// Factor.
    gain: f32,
}

impl Head {
    /// `None`: this is no Opus stream.
    fn parse(packet: &[u8]) -> Option<Result<Self, ClipError>> {
        let fields: &[u8; 11] = packet.strip_prefix(b"OpusHead")?.first_chunk()?;
        let [version, channels, skip_low, skip_high, _, _, _, _, gain_low, gain_high, family] = *fields;
        // Incompatible from 16 on. Other families than 0 are surround sound in several Opus streams.
        if version & 0xf0 != 0 || family != 0 || !(1..=2).contains(&channels) {
            let what = format!("Opus version {version}, mapping {family}, {channels} channels");
            return Some(Err(ClipError::Unsupported(what)));
        }
        let decibels = f32::from(i16::from_le_bytes([gain_low, gain_high])) / 256.0;
        let gain = 10f32.powf(decibels / 20.0);
        Some(Ok(Self { pre_skip: u64::from(u16::from_le_bytes([skip_low, skip_high])), gain }))
    }
}

/// One logical stream of the chain.
#[derive(Debug)]
struct Link {
    serial: u32,
    head: Head,
    packets: Packets,
    /// The comment header is still to come; it is not read.
    awaits_comment: bool,
    /// Samples of all packets so far, those that are not played included.
    made: u64,
    /// Granule position of its first sample; known from the first page with sound on.
    base: Option<u64>,
    /// Value of `made` where the last page says that the sound ends.
    end: Option<u64>,
    is_over: bool,
}

impl Link {
    fn new(serial: u32, head: Head) -> Self {
        Self {
            serial,
            head,
            packets: Packets::default(),
            awaits_comment: true,
            made: 0,
            base: None,
            end: None,
            is_over: false,
        }
    }

    /// Of `samples` that come next, those that are played: (skipped at the start, played).
    fn trim(&mut self, samples: u64) -> (u64, u64) {
        let from = self.made;
        self.made += samples;
        let until = self.end.map_or(self.made, |end| end.clamp(from, self.made));
        let start = self.head.pre_skip.clamp(from, until);
        (start - from, until - start)
    }
}

/// See the module of the folder.
pub(in crate::voice) struct OpusFile {
    input: BufReader<File>,
    page: Page,
    link: Link,
    /// Packets of the present page: at most 255.
    queue: VecDeque<Vec<u8>>,
    /// `None`: packets were skipped since it was used.
    decoder: Option<Decoder>,
    scratch: Vec<f32>,
}

impl OpusFile {
    /// `None`: an Ogg file without Opus.
    pub(in crate::voice) fn open(file: File) -> Result<Option<Self>, ClipError> {
        let mut input = BufReader::new(file);
        let mut page = Page::default();
        let Some(link) = first_link(&mut input, &mut page)? else { return Ok(None) };
        Ok(Some(Self { input, page, link, queue: VecDeque::new(), decoder: None, scratch: vec![0.0; LONGEST] }))
    }

    /// Fills the queue. False: the end.
    fn load_page(&mut self) -> Result<bool, ClipError> {
        while self.queue.is_empty() {
            if !next_page(&mut self.input, &mut self.page)? {
                return Ok(false);
            }
            if self.page.is_first
                && (self.link.is_over || self.link.base.is_some())
                && let Some(Ok(head)) = head_of(&self.page)
            {
                self.link = Link::new(self.page.serial, head);
                self.decoder = None;
                continue;
            }
            if self.page.serial == self.link.serial && !self.link.is_over && !self.page.is_first {
                self.take_page();
            }
        }
        Ok(true)
    }

    fn take_page(&mut self) {
        let (link, queue, page) = (&mut self.link, &mut self.queue, &self.page);
        let awaits_comment = &mut link.awaits_comment;
        let mut samples = 0u64;
        link.packets.add(page, |packet| {
            if std::mem::take(awaits_comment) {
                return;
            }
            if let Some(count) = packet_samples(packet) {
                samples += u64::from(count);
                queue.push_back(packet.to_vec());
            }
        });
        link.is_over = page.is_last;
        let Some(granule) = page.granule.filter(|_| samples > 0) else { return };
        // A page that is first and last has no room to tell when it began: at zero (RFC 7845 §4.5).
        let base = *link.base.get_or_insert(if page.is_last { 0 } else { granule.saturating_sub(samples) });
        if page.is_last {
            link.end = Some(granule.saturating_sub(base).max(link.made));
        }
    }
}

fn head_of(page: &Page) -> Option<Result<Head, ClipError>> {
    let mut head = None;
    Packets::default().add(page, |packet| head = head.take().or_else(|| Head::parse(packet)));
    head
}

fn first_link(input: &mut BufReader<File>, page: &mut Page) -> Result<Option<Link>, ClipError> {
    for _ in 0..PAGES_TO_SEARCH {
        if !next_page(input, page)? {
            break;
        }
        if page.is_first
            && let Some(head) = head_of(page)
        {
            return Ok(Some(Link::new(page.serial, head?)));
        }
    }
    Ok(None)
}

impl Sound for OpusFile {
    fn rewind(&mut self) -> Result<(), ClipError> {
        self.input.seek(SeekFrom::Start(0))?;
        self.queue.clear();
        self.decoder = None;
        let gone = || ClipError::Damaged("it changed while it was read".to_owned());
        self.link = first_link(&mut self.input, &mut self.page)?.ok_or_else(gone)?;
        Ok(())
    }

    fn step(&mut self, out: Option<&mut Vec<f32>>) -> Result<Option<u64>, ClipError> {
        if !self.load_page()? {
            return Ok(None);
        }
        let Some(packet) = self.queue.pop_front() else { return Ok(None) };
        let samples = packet_samples(&packet).unwrap_or(0);
        let (skipped, played) = self.link.trim(u64::from(samples));
        let Some(out) = out else {
            self.decoder = None;
            return Ok(Some(played));
        };
        if self.decoder.is_none() {
            let made = Decoder::new().map_err(|error| ClipError::Unsupported(error.to_string()))?;
            self.decoder = Some(made);
        }
        // At most LONGEST: `packet_samples` gives no more.
        let sound = &mut self.scratch[..samples as usize];
        if !self.decoder.as_mut().is_some_and(|decoder| decoder.decode(&packet, sound)) {
            sound.fill(0.0);
        }
        let gain = self.link.head.gain;
        let played_part = sound.iter().skip(skipped as usize).take(played as usize);
        out.extend(played_part.map(|sample| (sample * gain).clamp(-1.0, 1.0)));
        Ok(Some(played))
    }
}
