//! Steps of calls that are the same whoever the peer is: what the agent tells of them.

use std::path::Path;

use confab_model::{CallId, CallPhase, CallSnapshot, EndReason, Event, RingKind};
use confab_testkit::audio::{RATE, read_wav};
use confab_tests::driver::Agent;
use serde_json::{Value, json};

/// Samples of the windows in which a tone is looked for: 0.1 s.
const WINDOW: usize = RATE as usize / 10;

/// The first snapshot of the call of which `wanted` makes something.
pub async fn snapshot<T>(
    agent: &Agent,
    call: &CallId,
    what: &str,
    mut wanted: impl FnMut(&CallSnapshot) -> Option<T>,
) -> T {
    let look = |event: &Event| match event {
        Event::CallChanged { call: snapshot } if snapshot.id == *call => wanted(snapshot),
        _ => None,
    };
    agent.event(what, look).await
}

/// The agent says that it is connected.
pub async fn connected(agent: &Agent, call: &CallId) {
    let connected = |call: &CallSnapshot| matches!(call.phase, CallPhase::Connected { .. }).then_some(());
    snapshot(agent, call, "the agent connected", connected).await;
}

/// How the agent saw the call end.
pub async fn end(agent: &Agent, call: &CallId) -> EndReason {
    let ended = |call: &CallSnapshot| match &call.phase {
        CallPhase::Ended { reason } => Some(reason.clone()),
        _ => None,
    };
    snapshot(agent, call, "the end", ended).await
}

/// The next call that rings at the agent after a mark in its events.
pub async fn ringing(agent: &Agent, mark: usize) -> CallId {
    let rings = |event: &Event| match event {
        Event::CallRinging { call, ring: RingKind::Loud } => Some(call.clone()),
        _ => None,
    };
    agent.event_since(mark, "a call that rings", rings).await
}

pub async fn accept(agent: &mut Agent, call: &CallId, media: &str) {
    agent.own::<Value>("acceptCall", json!({ "call": call, "media": media })).await;
}

pub async fn hang_up(agent: &mut Agent, call: &CallId) {
    agent.own::<Value>("hangUp", json!({ "call": call })).await;
}

/// The agent has played a second and a half of sound.
pub async fn plays(agent: &Agent, call: &CallId) {
    plays_since(agent, 0, call, 30).await;
}

/// The agent has been told so often, after a mark in its events, that there is sound: 20 times a second.
pub async fn plays_since(agent: &Agent, mark: usize, call: &CallId, times: usize) {
    let mut loud = 0;
    let levels = |event: &Event| match event {
        Event::AudioLevels { call: Some(of), level } if of == call && level.remote > 5 => {
            loud += 1;
            (loud >= times).then_some(())
        }
        _ => None,
    };
    agent.event_since(mark, "sound of the far side", levels).await;
}

/// Ends the agent and finds this tone in what it heard.
pub async fn heard(agent: &mut Agent, call: &CallId, hertz: u32) {
    agent.quit().await;
    let path = agent.options.folder.join("calls").join(format!("{call}.received.wav"));
    let samples = read_wav(&path).unwrap();
    assert_heard(&samples, hertz, &path);
}

/// Whether an end is that of a call that was on.
pub fn is_completed(reason: &EndReason) -> bool {
    matches!(reason, EndReason::Completed { .. })
}

/// At least a second of the recording must be this tone.
pub fn assert_heard(samples: &[i16], hertz: u32, of: &Path) {
    let pure = samples.chunks_exact(WINDOW).filter(|window| share(window, hertz) > 0.8).count();
    let seconds = samples.len() / RATE as usize;
    assert!(pure >= 10, "{pure} of {seconds} s in tenths are a tone of {hertz} Hz: {}", of.display());
}

/// The share of one frequency in the power of a sound (Goertzel), 0 in silence.
fn share(samples: &[i16], hertz: u32) -> f64 {
    let step = std::f64::consts::TAU * f64::from(hertz) / f64::from(RATE);
    let (mut sine, mut cosine, mut power) = (0.0, 0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let (sample, phase) = (f64::from(*sample), step * at as f64);
        sine += sample * phase.sin();
        cosine += sample * phase.cos();
        power += sample * sample;
    }
    let count = samples.len() as f64;
    // Mean square below 100: quieter than −70 dB of full scale.
    if power < 100.0 * count { 0.0 } else { 2.0 * (sine * sine + cosine * cosine) / (count * power) }
}

#[test]
fn a_tone_is_told_from_another_and_from_silence() {
    let tone = confab_testkit::audio::tone(750.0, 100);
    assert!(share(&tone, 750) > 0.99);
    assert!(share(&tone, 500) < 0.01);
    assert_eq!(share(&[0; 4_800], 750), 0.0);
}
