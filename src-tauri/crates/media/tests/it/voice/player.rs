//! Playing to the built-in sinks and to a speaker that breaks.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use confab_media::voice::{Playback, PlaybackState, Speed, VoicePlayer};
use confab_model::DeviceId;
use confab_testkit::audio::read_wav;
use tokio::sync::watch;

use super::stage::{Machine, sound};

fn into_file(path: &Path) -> Option<DeviceId> {
    Some(DeviceId(format!("file:{}", path.display())))
}

fn nowhere() -> Option<DeviceId> {
    Some(DeviceId("test:null".to_owned()))
}

async fn until(seen: &mut watch::Receiver<Playback>, fits: impl FnMut(&Playback) -> bool) -> Playback {
    seen.wait_for(fits).await.unwrap().clone()
}

fn is(state: &PlaybackState) -> impl Fn(&Playback) -> bool + '_ {
    move |seen| seen.state == *state
}

/// Rising zero crossings: periods.
fn periods(samples: &[i16]) -> usize {
    samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count()
}

#[tokio::test]
async fn a_clip_is_heard_from_start_to_end_at_every_speed() {
    let folder = tempfile::tempdir().unwrap();
    for (speed, factor) in [(Speed::Normal, 1.0), (Speed::OneAndAHalf, 1.5), (Speed::Double, 2.0)] {
        let heard = folder.path().join(format!("{speed:?}.wav"));
        let (player, mut seen) = VoicePlayer::start(Arc::new(Machine::default()), into_file(&heard)).unwrap();
        player.set_speed(speed);
        let clip = player.play(sound("tone.opus"), 0);
        let ended = until(&mut seen, is(&PlaybackState::Ended)).await;
        assert_eq!((ended.clip, ended.speed), (Some(clip), speed));
        assert_eq!(ended.position_ms, ended.duration_ms);
        assert!(ended.duration_ms.abs_diff(2_000) <= 10, "{ended:?}");
        drop(player);
        let samples = read_wav(&heard).unwrap();
        let loud = samples.iter().filter(|sample| sample.unsigned_abs() > 100).count() as f64;
        let expected = 2.0 * 48_000.0 / factor;
        assert!((loud / expected - 1.0).abs() < 0.15, "{speed:?}: {loud} of {expected} samples are loud");
        let pitch = periods(&samples) as f64 / (2.0 / factor);
        assert!((pitch - 440.0).abs() < 25.0, "{speed:?}: {pitch} Hz");
    }
}

#[tokio::test]
async fn a_person_pauses_jumps_goes_on_and_stops() {
    let (player, mut seen) = VoicePlayer::start(Arc::new(Machine::default()), nowhere()).unwrap();
    assert_eq!(*seen.borrow(), Playback::default());
    let clip = player.play(sound("tone.mp3"), 1_000);
    let playing = until(&mut seen, |seen| seen.state == PlaybackState::Playing && seen.position_ms > 1_000).await;
    assert_eq!(playing.clip, Some(clip));
    player.pause();
    let paused = until(&mut seen, is(&PlaybackState::Paused)).await;
    assert!((1_000..1_900).contains(&paused.position_ms), "{paused:?}");
    // A slider: only its last place counts.
    (0..=50).for_each(|n| player.seek(n * 10));
    let moved = until(&mut seen, |seen| seen.position_ms == 500).await;
    assert_eq!(moved.state, PlaybackState::Paused);
    player.resume();
    until(&mut seen, |seen| seen.state == PlaybackState::Playing && seen.position_ms >= 600).await;
    player.seek(1_900);
    let ended = until(&mut seen, is(&PlaybackState::Ended)).await;
    assert_eq!(ended.position_ms, ended.duration_ms);
    player.resume();
    until(&mut seen, |seen| seen.state == PlaybackState::Playing && seen.position_ms < 500).await;
    player.stop();
    let stopped = until(&mut seen, is(&PlaybackState::Idle)).await;
    assert_eq!(stopped, Playback::default());
}

#[tokio::test]
async fn the_next_clip_takes_the_place_of_the_last() {
    let (player, mut seen) = VoicePlayer::start(Arc::new(Machine::default()), nowhere()).unwrap();
    let first = player.play(sound("tone.opus"), 0);
    until(&mut seen, |seen| seen.clip == Some(first) && seen.position_ms > 0).await;
    let second = player.play(sound("tone.flac"), 1_800);
    let next = until(&mut seen, |seen| seen.clip != Some(first)).await;
    assert_eq!(next.clip, Some(second));
    until(&mut seen, is(&PlaybackState::Ended)).await;
}

#[tokio::test]
async fn what_cannot_be_played_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("a.ogg");
    std::fs::write(&text, "no sound").unwrap();
    let (player, mut seen) = VoicePlayer::start(Arc::new(Machine::default()), nowhere()).unwrap();
    for (path, code) in [(text, "unsupported"), (folder.path().join("none.ogg"), "unreadable")] {
        let clip = player.play(path, 0);
        let failed = until(&mut seen, |seen| seen.clip == Some(clip)).await;
        let PlaybackState::Failed(error) = failed.state else { panic!("{failed:?}") };
        assert_eq!(error.code(), code);
    }
    let (player, mut seen) = VoicePlayer::start(Arc::new(Machine::default()), None).unwrap();
    player.play(sound("tone.opus"), 0);
    let failed = until(&mut seen, |seen| seen.clip.is_some()).await;
    let PlaybackState::Failed(error) = failed.state else { panic!("{failed:?}") };
    assert_eq!(error.code(), "notFound");
}

#[tokio::test]
async fn a_speaker_that_vanishes_stops_the_clip_where_it_is() {
    let machine = Machine { speaker: Some(30), ..Machine::default() };
    let opened = machine.opened.clone();
    let (player, mut seen) = VoicePlayer::start(Arc::new(machine), None).unwrap();
    player.play(sound("tone.opus"), 500);
    let failed = until(&mut seen, |seen| matches!(seen.state, PlaybackState::Failed(_))).await;
    let PlaybackState::Failed(error) = &failed.state else { panic!("{failed:?}") };
    assert_eq!(error.to_string(), "speaker: no such device: The box");
    assert!((500..1_000).contains(&failed.position_ms), "{failed:?}");
    player.set_speaker(nowhere());
    player.resume();
    let ended = until(&mut seen, is(&PlaybackState::Ended)).await;
    assert_eq!(ended.position_ms, ended.duration_ms);
    assert_eq!(opened.load(Ordering::Relaxed), 1);
}
