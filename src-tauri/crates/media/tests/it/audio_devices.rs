//! The real path through cpal against a private PulseAudio: what is said into the microphone comes out of the
//! speaker, and a pulled microphone is replaced.
//!
//! cpal finds its server by the environment only, so the call runs in a child process: this test binary, with
//! [`child`] as the only test. It prints events, one per line, and ends when its standard input does.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use confab_media::{
    audio::{AudioCall, AudioCallConfig, AudioEvent, Processing},
    device::{DeviceCatalog, SystemCatalog},
};
use confab_model::{ContentName, RtpIn};
use confab_testkit::{
    Error,
    audio::{correlate, read_wav, speech, tone, write_wav},
    pulse::PulseServer,
    skip,
};
use tokio::sync::mpsc;

use crate::STOP_PATIENCE;

/// Environment: the folder for recordings of the child.
const RECORD_INTO: &str = "CONFAB_TEST_RECORD_INTO";
const MARK: &str = "EVENT ";
/// How often a sentence is said until it is heard as it was said.
const UTTERANCES: usize = 12;

/// A call with itself: what the microphone hears goes through codec and jitter buffer to the speaker.
#[test]
#[ignore = "the child of the tests below"]
fn child() {
    let catalog = Arc::new(SystemCatalog::new());
    for device in catalog.list().unwrap() {
        println!("{MARK}listed {:?} {} {}", device.kind, device.id.0, device.is_default);
    }
    let mut config = AudioCallConfig::new(ContentName("audio".to_owned()), 111);
    // It hears itself by design: cancelling that echo would be cancelling everything.
    config.processing = Processing::NONE;
    if let Some(folder) = std::env::var_os(RECORD_INTO).map(PathBuf::from) {
        config.record_sent = Some(folder.join("sent.wav"));
        config.record_received = Some(folder.join("received.wav"));
    }
    let (out, mut from) = mpsc::channel(64);
    let (to, rtp_in) = mpsc::channel(64);
    let (call, mut events) = AudioCall::start(config, catalog, out, rtp_in).unwrap();
    std::thread::spawn(move || {
        let mut sequence = 0u16;
        while let Some(packet) = from.blocking_recv() {
            sequence = sequence.wrapping_add(1);
            let _ = to.try_send(RtpIn {
                content: packet.content,
                ssrc: 1,
                payload_type: 111,
                sequence,
                timestamp: packet.timestamp,
                marker: packet.marker,
                payload: packet.payload,
                arrived: Instant::now(),
            });
        }
    });
    std::thread::spawn(move || {
        while let Some(event) = events.blocking_recv() {
            match event {
                AudioEvent::Levels(level) if level.local < 30 => {}
                AudioEvent::Levels(_) => println!("{MARK}loud"),
                AudioEvent::DeviceOpened { kind, name, .. } => println!("{MARK}opened {kind:?} {name}"),
                AudioEvent::DeviceLost { kind, name } => println!("{MARK}lost {kind:?} {name}"),
                AudioEvent::DeviceReplaced { kind, replacement, .. } => {
                    println!("{MARK}replaced {kind:?} {}", replacement.as_deref().unwrap_or("by nothing"));
                }
                AudioEvent::DeviceFailed { kind, code, detail } => {
                    println!("{MARK}failed {kind:?} {code}");
                    println!("{detail}");
                }
                AudioEvent::FirstAudio => println!("{MARK}first audio"),
                AudioEvent::RecordingFailed { .. } => unreachable!("nothing is recorded"),
            }
        }
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    println!("{MARK}{:?}", call.statistics());
    assert!(call.stop_within(STOP_PATIENCE), "a device never closed");
}

struct Caller {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Caller {
    fn start(pulse: &PulseServer, folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "audio_devices::child", "--ignored", "--nocapture", "--test-threads=1"])
            .envs(pulse.env())
            .env(RECORD_INTO, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next event that is not about loudness.
    fn next(&mut self) -> String {
        loop {
            let line = self.any();
            if line != "loud" {
                return line;
            }
        }
    }

    fn any(&mut self) -> String {
        loop {
            let line = self.lines.next().expect("the child ended").unwrap();
            if let Some((_, event)) = line.split_once(MARK) {
                if event != "loud" {
                    println!("{event}");
                }
                return event.to_owned();
            }
        }
    }

    fn loud(&mut self) {
        while self.any() != "loud" {}
    }

    /// Ends it; its last words.
    fn finish(mut self) -> String {
        if let Some(mut stdin) = self.child.stdin.take() {
            let _ = stdin.flush();
        }
        let mut last = self.next();
        while !last.starts_with("AudioStatistics") {
            last = self.next();
        }
        assert!(self.child.wait().unwrap().success());
        last
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pulse() -> Option<PulseServer> {
    match PulseServer::start() {
        Ok(pulse) => Some(pulse),
        Err(Error::Missing(what)) => {
            skip(&format!("{what} is not installed"));
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn open_devices(caller: &mut Caller) -> Vec<String> {
    let mut listed = Vec::new();
    loop {
        let line = caller.next();
        match line.strip_prefix("listed ") {
            Some(device) => listed.push(device.to_owned()),
            None => {
                assert_eq!(line, "opened Speaker Virtual speaker");
                break;
            }
        }
    }
    // Silence is sent, and heard here, until the microphone is open.
    let mut both = [caller.next(), caller.next()];
    both.sort_unstable();
    assert_eq!(both, ["first audio", "opened Microphone Virtual microphone"]);
    listed
}

#[test]
fn what_is_said_comes_out_of_the_speaker() {
    let Some(pulse) = pulse() else { return };
    let folder = tempfile::tempdir().unwrap();
    let said = folder.path().join("said.wav");
    match speech("The quick brown fox jumps over the lazy dog, and then it calls its friends at home.", &said) {
        Ok(()) => {}
        Err(Error::Missing(what)) => return skip(&format!("{what} is not installed")),
        Err(error) => panic!("{error}"),
    }
    let mut caller = Caller::start(&pulse, folder.path());
    let listed = open_devices(&mut caller);
    let has = |device: &str| listed.iter().any(|line| line == device);
    assert!(has("Microphone pulseaudio:confab_microphone true"), "{listed:?}");
    assert!(has("Speaker pulseaudio:confab_speaker true"), "{listed:?}");
    assert!(has("Microphone test:tone false"), "{listed:?}");
    assert!(!listed.iter().any(|line| line.contains(".monitor")), "{listed:?}");

    // What is said last must get through before a recording ends.
    let mut padded = read_wav(&said).unwrap();
    padded.extend([0; 48_000]);
    write_wav(&said, &padded).unwrap();
    let spoken = read_wav(&said).unwrap();
    // What a machine that starves both ends of a call does to the sound is no fault of the way it takes. The way is
    // right when one of several utterances comes out as it went in; a wrong way lets none through.
    let heard_well = (0..UTTERANCES).any(|_| {
        let recording = pulse.record_speaker(&folder.path().join("heard.wav")).unwrap();
        pulse.play(&said).unwrap();
        let alike = by_quarter(&spoken, &recording.finish().unwrap());
        println!("heard: {alike:.2?}");
        let good = alike.iter().filter(|coefficient| **coefficient > 0.9).count();
        // Time stretching leaves seams in some quarters, not in most.
        alike.len() >= 10 && good * 3 >= alike.len() * 2
    });
    let statistics = caller.finish();
    for stage in ["sent", "received"] {
        let recorded = read_wav(&folder.path().join(stage).with_extension("wav")).unwrap();
        // The last utterance ends at the end, more or less.
        let tail = &recorded[recorded.len().saturating_sub(spoken.len() + 96_000)..];
        println!("{stage}: {:.2?}", by_quarter(&spoken, tail));
    }
    assert!(heard_well, "none of {UTTERANCES} utterances was heard as it was said; {statistics}");
}

/// How alike each quarter of a second with speech in it is to what was heard at about that time (±3 s).
fn by_quarter(said: &[i16], heard: &[i16]) -> Vec<f64> {
    let (quarter, reach) = (12_000, 3 * 48_000);
    let loudness = |part: &[i16]| part.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / part.len() as f64;
    let parts = said.chunks_exact(quarter).enumerate().filter(|(_, part)| loudness(part) > 1_000_000.0);
    parts
        .map(|(n, part)| {
            let from = n * quarter;
            let around = &heard[from.min(heard.len())..(from + quarter + reach).min(heard.len())];
            correlate(part, around).coefficient
        })
        .collect()
}

#[test]
fn a_pulled_microphone_is_announced_and_the_next_one_is_heard() {
    let Some(pulse) = pulse() else { return };
    let folder = tempfile::tempdir().unwrap();
    let long_tone = folder.path().join("tone.wav");
    write_wav(&long_tone, &tone(500.0, 60_000)).unwrap();
    let mut caller = Caller::start(&pulse, folder.path());
    open_devices(&mut caller);
    let _speaking = pulse.play_in_background(&long_tone).unwrap();
    caller.loud();

    pulse.unplug_microphone().unwrap();
    assert_eq!(caller.next(), "lost Microphone Virtual microphone");
    assert_eq!(caller.next(), "failed Microphone notFound");
    assert_eq!(caller.next(), "replaced Microphone by nothing");
    pulse.plug_microphone().unwrap();
    assert_eq!(caller.next(), "opened Microphone Virtual microphone");
    caller.loud();
    caller.finish();
}
