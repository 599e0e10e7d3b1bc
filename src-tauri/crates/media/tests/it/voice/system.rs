//! The real path through cpal against a private PulseAudio: what is said into the microphone is recorded until it is
//! pulled, and comes out of the speaker.
//!
//! cpal finds its server by the environment only, so the work is done by a child process: this test binary, with
//! [`child`] as the only test. It prints what happens, one event per line.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use confab_media::{
    device::SystemCatalog,
    voice::{PlaybackState, RecordingOptions, VoicePlayer, VoiceRecorder},
};
use confab_testkit::{
    Error,
    audio::{correlate, tone, write_wav},
    pulse::PulseServer,
    skip,
};

/// Environment: the file to record into.
const RECORD_INTO: &str = "CONFAB_TEST_CLIP";
const MARK: &str = "EVENT ";

#[tokio::test]
#[ignore = "the child of the test below"]
async fn child() {
    let path = std::env::var_os(RECORD_INTO).unwrap();
    let catalog = Arc::new(SystemCatalog::new());
    // A lasting tone is noise to the suppressor.
    let options = RecordingOptions { noise_suppression: false, gain_control: false, ..RecordingOptions::new(&path) };
    let recorder = VoiceRecorder::start(options, catalog.clone()).unwrap();
    println!("{MARK}recording {}", recorder.device().name);
    let mut progress = recorder.progress();
    progress.wait_for(|seen| seen.level > 0.5).await.unwrap();
    let heard_from = progress.borrow().elapsed_ms;
    progress.wait_for(|seen| seen.elapsed_ms > heard_from + 1_500).await.unwrap();
    println!("{MARK}heard");
    progress.wait_for(|seen| seen.ended.is_some()).await.unwrap();
    let recorded = recorder.finish().unwrap();
    println!("{MARK}ended {}", recorded.end.code());
    let (player, mut seen) = VoicePlayer::start(catalog, None).unwrap();
    player.play(&path, 0);
    seen.wait_for(|seen| seen.state == PlaybackState::Playing).await.unwrap();
    println!("{MARK}playing");
    let ended = seen.wait_for(|seen| seen.state != PlaybackState::Playing).await.unwrap().state.clone();
    println!("{MARK}{ended:?}");
}

/// Ends the child when the test fails.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(pulse: &PulseServer, clip: &Path) -> Guard {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "voice::system::child", "--ignored", "--nocapture", "--test-threads=1"])
        .envs(pulse.env())
        .env(RECORD_INTO, clip)
        .stdout(Stdio::piped())
        .spawn();
    Guard(child.unwrap())
}

#[test]
fn what_is_said_until_the_microphone_is_pulled_can_be_heard_again() {
    let pulse = match PulseServer::start() {
        Ok(pulse) => pulse,
        Err(Error::Missing(what)) => return skip(&format!("{what} is not installed")),
        Err(error) => panic!("{error}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let said = folder.path().join("said.wav");
    write_wav(&said, &tone(500.0, 60_000)).unwrap();
    let mut child = start(&pulse, &folder.path().join("clip.ogg"));
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut events = lines.map(Result::unwrap).filter_map(|line| {
        let event = line.split_once(MARK)?.1.to_owned();
        println!("{event}");
        Some(event)
    });
    assert_eq!(events.next().as_deref(), Some("recording Virtual microphone"));
    let _speaking = pulse.play_in_background(&said).unwrap();
    assert_eq!(events.next().as_deref(), Some("heard"));
    pulse.unplug_microphone().unwrap();
    assert_eq!(events.next().as_deref(), Some("ended microphoneLost"));
    let recording = pulse.record_speaker(&folder.path().join("heard.wav")).unwrap();
    assert_eq!(events.next().as_deref(), Some("playing"));
    assert_eq!(events.next().as_deref(), Some("Ended"));
    let heard = recording.finish().unwrap();
    let alike = correlate(&tone(500.0, 250), &heard);
    println!("{alike:?}");
    assert!(alike.coefficient > 0.9, "{alike:?}");
    assert!(child.0.wait().unwrap().success());
}
