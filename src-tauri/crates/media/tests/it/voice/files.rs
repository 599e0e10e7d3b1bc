//! Files of other programs: what is shown of them is what is in them.

use std::fs;

use confab_media::voice::{VoiceDetails, voice_details};

use super::stage::sound;

/// The tone of the folder: 2 s, bars at full height and then at 20 dB less (a quarter).
fn assert_is_the_tone(name: &str, details: &VoiceDetails, slack_ms: u32) {
    println!("{name}: {details:?}");
    assert!(details.duration_ms.abs_diff(2_000) <= slack_ms, "{name}: {} ms", details.duration_ms);
    let bars = &details.waveform;
    assert!((38..=42).contains(&bars.len()), "{name}: {} bars", bars.len());
    assert!(bars[3..17].iter().all(|bar| *bar >= 90), "{name}: {bars:?}");
    assert!(bars[23..37].iter().all(|bar| (20..=32).contains(bar)), "{name}: {bars:?}");
}

#[test]
fn every_common_kind_is_read() {
    // Encoders of MP3, AAC and Opus add some of their own silence.
    for (name, slack_ms) in [
        ("tone.opus", 10),
        ("tone.oga", 30),
        ("tone.mp3", 80),
        ("tone.m4a", 50),
        ("tone.aac", 60),
        ("tone.flac", 1),
        ("tone.webm", 30),
        ("opus.m4a", 30),
    ] {
        let details = voice_details(&sound(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_is_the_tone(name, &details, slack_ms);
    }
}

#[test]
fn uncompressed_sound_of_any_rate_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    for (rate, channels) in [(8_000, 1), (44_100, 2), (48_000, 1), (96_000, 2)] {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(&path, spec).unwrap();
        for n in 0..2 * rate {
            let peak = if n < rate { 10_000.0 } else { 1_000.0 };
            let value = (n as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin() * peak;
            (0..channels).for_each(|_| file.write_sample(value as i16).unwrap());
        }
        file.finalize().unwrap();
        assert_is_the_tone(&format!("{rate} Hz"), &voice_details(&path).unwrap(), 1);
    }
}

/// Beyond four minutes only the start of each bar is listened to.
#[test]
fn a_long_file_is_judged_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(&path, spec).unwrap();
    let seconds = 640;
    for n in 0..8_000 * seconds {
        // Ten seconds are a bar; the first half of the clip is 20 dB louder.
        let peak = if n < 8_000 * seconds / 2 { 10_000.0 } else { 1_000.0 };
        file.write_sample((((n % 20) as f32 * 0.05 * std::f32::consts::TAU).sin() * peak) as i16).unwrap();
    }
    file.finalize().unwrap();
    let details = voice_details(&path).unwrap();
    assert_eq!((details.duration_ms, details.waveform.len()), (640_000, 64));
    let (loud, quiet) = details.waveform.split_at(32);
    assert!(loud.iter().all(|bar| *bar >= 97) && quiet.iter().all(|bar| (23..=27).contains(bar)), "{details:?}");
}

#[test]
fn the_name_of_a_file_means_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoice.pdf");
    fs::copy(sound("tone.opus"), &path).unwrap();
    assert_is_the_tone("invoice.pdf", &voice_details(&path).unwrap(), 10);
}

#[test]
fn what_is_no_sound_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let code = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        voice_details(&path).unwrap_err().code()
    };
    assert_eq!(code("empty.ogg", b""), "unsupported");
    assert_eq!(code("text.ogg", "no sound at all\n".repeat(100).as_bytes()), "unsupported");
    assert_eq!(code("zeros.m4a", &[0; 100_000]), "unsupported");
    assert_eq!(voice_details(&folder.path().join("none.ogg")).unwrap_err().code(), "unreadable");
    assert_eq!(voice_details(folder.path()).unwrap_err().code(), "unreadable");
    let huge = folder.path().join("huge.ogg");
    fs::File::create(&huge).unwrap().set_len(300 * 1024 * 1024).unwrap();
    assert_eq!(voice_details(&huge).unwrap_err().code(), "tooLarge");
}
