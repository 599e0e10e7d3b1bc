//! Recording with the built-in sources and with a microphone that breaks.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use confab_media::voice::{RecordingEnd, RecordingOptions, VoiceRecorder, voice_details};
use confab_model::DeviceId;

use super::stage::Machine;

fn options(path: &Path, microphone: &str) -> RecordingOptions {
    RecordingOptions { microphone: Some(DeviceId(microphone.to_owned())), ..RecordingOptions::new(path) }
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn clip_in(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("clip.ogg")
}

#[tokio::test]
async fn a_tone_is_recorded_measured_and_described() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip_in(&folder);
    let recorder = VoiceRecorder::start(options(&path, "test:tone"), Arc::new(Machine::default())).unwrap();
    assert_eq!(recorder.device().name, "Test tone");
    assert_eq!(files(folder.path()), ["clip.ogg.part"]);
    let mut progress = recorder.progress();
    let seen = progress.wait_for(|seen| seen.elapsed_ms >= 1_200).await.unwrap().clone();
    // 0.2 of the full scale are −14 dB, on a scale of 60 dB.
    assert!((0.74..0.80).contains(&seen.level), "{seen:?}");
    let recorded = recorder.finish().unwrap();
    assert_eq!(files(folder.path()), ["clip.ogg"]);
    assert_eq!((&recorded.path, &recorded.end), (&path, &RecordingEnd::Finished));
    assert_eq!(recorded.size, fs::metadata(&path).unwrap().len());
    let kilobits = recorded.size * 8 / u64::from(recorded.duration_ms);
    assert!((10..60).contains(&kilobits), "{kilobits} kbit/s");
    assert!(recorded.waveform.iter().all(|bar| *bar > 90), "{:?}", recorded.waveform);
    let details = voice_details(&path).unwrap();
    assert_eq!(details.duration_ms, recorded.duration_ms);
    assert_eq!(details.waveform.len(), recorded.waveform.len());
}

#[tokio::test]
async fn a_recording_that_is_cancelled_or_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip_in(&folder);
    for by_drop in [false, true] {
        let recorder = VoiceRecorder::start(options(&path, "test:tone"), Arc::new(Machine::default())).unwrap();
        recorder.progress().wait_for(|seen| seen.elapsed_ms > 0).await.unwrap();
        if by_drop {
            drop(recorder)
        } else {
            recorder.cancel()
        }
        assert_eq!(files(folder.path()), [""; 0]);
    }
}

#[tokio::test]
async fn a_microphone_that_vanishes_ends_the_recording_with_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip_in(&folder);
    let machine = Arc::new(Machine { microphone: Some(90), ..Machine::default() });
    let mut plain = options(&path, "mic");
    (plain.noise_suppression, plain.gain_control) = (false, false);
    let recorder = VoiceRecorder::start(plain, machine).unwrap();
    let mut progress = recorder.progress();
    let ended = progress.wait_for(|seen| seen.ended.is_some()).await.unwrap().ended.clone();
    assert_eq!(ended, Some(RecordingEnd::MicrophoneLost("The mic".to_owned())));
    let recorded = recorder.finish().unwrap();
    assert_eq!((recorded.duration_ms, recorded.end.code()), (900, "microphoneLost"));
    assert_eq!(voice_details(&path).unwrap().duration_ms, 900);
}

#[test]
fn a_chosen_microphone_that_is_not_there_is_replaced_by_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let machine = Machine { microphone: Some(10_000), ..Machine::default() };
    let opened = machine.opened.clone();
    let recorder = VoiceRecorder::start(options(&clip_in(&folder), "gone"), Arc::new(machine)).unwrap();
    assert_eq!(recorder.device().name, "The mic");
    assert_eq!(opened.load(Ordering::Relaxed), 1);
    recorder.cancel();
}

#[test]
fn without_a_microphone_or_a_place_nothing_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let none = VoiceRecorder::start(RecordingOptions::new(clip_in(&folder)), Arc::new(Machine::default()));
    assert_eq!(none.unwrap_err().code(), "notFound");
    assert_eq!(files(folder.path()), [""; 0]);
    let machine = Machine { microphone: Some(10), ..Machine::default() };
    let opened = machine.opened.clone();
    let nowhere = folder.path().join("no such folder").join("clip.ogg");
    let refused = VoiceRecorder::start(options(&nowhere, "mic"), Arc::new(machine));
    assert_eq!(refused.unwrap_err().code(), "diskFailed");
    assert_eq!(opened.load(Ordering::Relaxed), 0, "the microphone stays closed when there is no file");
}
