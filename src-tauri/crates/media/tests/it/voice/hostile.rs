//! Files that want to harm: they end in details or in an error, never in a panic, endless work or much memory.

use std::{fs, path::PathBuf};

use confab_media::voice::{ClipError, VoiceDetails, voice_details};
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::stage::sound;

const SEED: u64 = 20_261_121;
/// Per file of the folder.
const MUTATIONS: usize = 60;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn details(&self, bytes: &[u8]) -> Result<VoiceDetails, ClipError> {
        let path: PathBuf = self.0.path().join("a");
        fs::write(&path, bytes).unwrap();
        voice_details(&path)
    }
}

/// Makes the checksums of all pages right again, so that a change is looked at and not just skipped.
fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 0;
    while at + 27 <= bytes.len() && bytes[at..].starts_with(b"OggS") {
        let count = usize::from(bytes[at + 26]);
        let Some(lacing) = bytes.get(at + 27..at + 27 + count) else { break };
        let length = 27 + count + lacing.iter().map(|value| usize::from(*value)).sum::<usize>();
        let Some(page) = bytes.get_mut(at..at + length) else { break };
        page[22..26].fill(0);
        let crc = page.iter().fold(0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
                if crc & 0x8000_0000 != 0 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 }
            })
        });
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        at += length;
    }
    bytes
}

fn mutated(original: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        // Headers are where the harm is.
        let near = if rng.random_bool(0.6) { bytes.len().min(400) } else { bytes.len() };
        let at = rng.random_range(0..near.max(1));
        match rng.random_range(0..6) {
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at] = rng.random(),
            2 => {
                let end = (at + rng.random_range(1..9)).min(bytes.len());
                bytes[at..end].fill(if rng.random() { 0xff } else { 0 });
            }
            3 => bytes.truncate(rng.random_range(1..=bytes.len())),
            4 => {
                let end = (at + rng.random_range(1..500)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + rng.random_range(1..500)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = rng.random_range(0..bytes.len());
                bytes.splice(to..to, part);
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

#[test]
fn damaged_files_of_every_kind_end_in_details_or_an_error() {
    println!("seed {SEED}");
    let folder = Folder::new();
    for name in ["tone.opus", "tone.oga", "tone.mp3", "tone.m4a", "tone.aac", "tone.flac", "tone.webm", "opus.m4a"] {
        let original = fs::read(sound(name)).unwrap();
        let mut rng = StdRng::seed_from_u64(SEED);
        let mut read = 0;
        for _ in 0..MUTATIONS {
            let mut bytes = mutated(&original, &mut rng);
            if rng.random() {
                bytes = with_checksums(bytes);
            }
            if let Ok(details) = folder.details(&bytes) {
                read += 1;
                assert!(!details.waveform.is_empty() && details.waveform.len() <= 64);
                assert!(details.waveform.iter().all(|bar| *bar <= 100));
            }
        }
        println!("{name}: {read} of {MUTATIONS} were readable");
    }
}

const HEAD: [u8; 19] = *b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0";
const TAGS: [u8; 16] = *b"OpusTags\0\0\0\0\0\0\0\0";

/// An Ogg file of these pages with these packets; the granule position of the last one is `granule`.
fn ogg(head: &[u8], pages: &[Vec<Vec<u8>>], granule: u64) -> Vec<u8> {
    let mut writer = PacketWriter::new(Vec::new());
    writer.write_packet(head.to_vec(), 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    writer.write_packet(TAGS.to_vec(), 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    for (page, packets) in pages.iter().enumerate() {
        for (n, packet) in packets.iter().enumerate() {
            let is_last = n + 1 == packets.len();
            let end = match (is_last, page + 1 == pages.len()) {
                (true, true) => PacketWriteEndInfo::EndStream,
                (true, false) => PacketWriteEndInfo::EndPage,
                (false, _) => PacketWriteEndInfo::NormalPacket,
            };
            let at = if page + 1 == pages.len() { granule } else { (page as u64 + 1) * 960 };
            writer.write_packet(packet.clone(), 1, end, at).unwrap();
        }
    }
    writer.into_inner()
}

/// 20 ms of silence.
const QUIET: [u8; 3] = [0xf8, 0xff, 0xfe];

#[test]
fn no_stated_length_is_believed() {
    let folder = Folder::new();
    let pages: Vec<Vec<Vec<u8>>> = vec![vec![QUIET.to_vec(); 1]; 50];
    let duration = |granule| folder.details(&ogg(&HEAD, &pages, granule)).map(|details| details.duration_ms);
    // 1,000 ms without the 6.5 ms of look-ahead.
    assert_eq!(duration(48_000), Ok(993));
    assert_eq!(duration(u64::MAX - 1), Ok(993));
    assert_eq!(duration(48_000 - 480), Ok(983));
    // The end can cut the last page only.
    assert_eq!(duration(0), Ok(973));
    let mut long_skip = HEAD;
    long_skip[10..12].copy_from_slice(&u16::MAX.to_le_bytes());
    assert_eq!(folder.details(&ogg(&long_skip, &pages, 48_000)).unwrap_err().code(), "damaged");
}

#[test]
fn months_of_sound_in_a_small_file_are_too_long() {
    // One byte: two empty frames of 60 ms (RFC 6716 §3.2.3).
    let page = vec![vec![0x19]; 255];
    let bytes = ogg(&HEAD, &vec![page; 2_000], 0);
    assert!(bytes.len() < 2_000_000);
    assert_eq!(Folder::new().details(&bytes), Err(ClipError::TooLong));
}

#[test]
fn other_opus_than_mono_and_stereo_is_refused() {
    let folder = Folder::new();
    for (at, value) in [(8, 16), (9, 0), (9, 3), (18, 1), (18, 255)] {
        let mut head = HEAD;
        head[at] = value;
        let bytes = ogg(&head, &[vec![QUIET.to_vec(); 10]], 9_600);
        assert_eq!(folder.details(&bytes).unwrap_err().code(), "unsupported", "{at}: {value}");
    }
}

#[test]
fn packets_that_never_end_and_packets_of_nothing_are_skipped() {
    let folder = Folder::new();
    let long = vec![0xf8; 1_000_000];
    let bytes = ogg(&HEAD, &[vec![QUIET.to_vec(); 40], vec![long, vec![], QUIET.to_vec()]], u64::MAX - 1);
    assert_eq!(folder.details(&bytes).unwrap().duration_ms, 813);
}

#[test]
fn chained_streams_follow_one_another() {
    let folder = Folder::new();
    let one = fs::read(sound("tone.opus")).unwrap();
    let single = folder.details(&one).unwrap().duration_ms;
    let three = [one.clone(), one.clone(), one.clone()].concat();
    assert_eq!(folder.details(&three).unwrap().duration_ms, 3 * single);
    let damaged = [one.as_slice(), b"between them OggS nothing", &one].concat();
    assert_eq!(folder.details(&damaged).unwrap().duration_ms, 2 * single);
}

#[test]
fn a_file_that_was_cut_off_is_as_long_as_what_is_there() {
    let folder = Folder::new();
    let one = fs::read(sound("tone.opus")).unwrap();
    let cut = folder.details(&one[..one.len() * 3 / 4]).unwrap().duration_ms;
    assert!((900..1_900).contains(&cut), "{cut} ms");
}
