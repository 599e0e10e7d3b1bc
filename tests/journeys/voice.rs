//! Voice clips: recorded, sent with their length and loudness, fetched, heard; and what a call does to them.

use confab_model::{
    AttachmentKind, DeliveryState, Event, Message, MessageContent, MessageId, RecordedClip, RecordingEnd,
    RecordingProgress, TransferState, VoicePlayback, VoicePlaybackState,
};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    journeys,
    steps::{accept, connected, delivered, ended, hang_up, ring, updated},
};

journeys!(shared: a_voice_message, a_call_ends_a_recording);

/// Milliseconds that a recording lasts at least.
const SAID: u32 = 1_200;

/// The recording has come so far.
async fn recorded(agent: &Agent, mark: usize, fits: impl Fn(&RecordingProgress) -> bool) -> RecordingProgress {
    agent
        .event_since(mark, "progress of the recording", |event| match event {
            Event::RecordingProgressed { progress } if fits(progress) => Some(*progress),
            _ => None,
        })
        .await
}

/// Records for a while.
async fn record(agent: &mut Agent) -> RecordedClip {
    let mark = agent.mark();
    agent.ok("startRecording", json!({})).await;
    let progress = recorded(agent, mark, |progress| progress.elapsed_ms >= SAID).await;
    assert!(progress.level > 0, "the tone is heard: {progress:?}");
    serde_json::from_value(agent.ok("finishRecording", json!({})).await).unwrap()
}

fn voice_of(message: &Message) -> Option<(u32, &[u8], &TransferState)> {
    match &message.content {
        MessageContent::File { file, .. } => match &file.kind {
            AttachmentKind::Voice { duration_ms, waveform } => Some((*duration_ms, waveform, &file.transfer)),
            _ => None,
        },
        _ => None,
    }
}

async fn send(agent: &mut Agent, to: &str, clip: &RecordedClip) -> MessageId {
    let content = json!({ "kind": "file", "path": clip.path, "name": null, "caption": "", "voice": true });
    agent.own("sendMessage", json!({ "conversation": to, "content": content })).await
}

async fn playback(agent: &Agent, mark: usize, fits: impl Fn(&VoicePlayback) -> bool) -> VoicePlayback {
    agent
        .event_since(mark, "playback", |event| match event {
            Event::VoicePlayed { playback } if fits(playback) => Some(playback.clone()),
            _ => None,
        })
        .await
}

async fn a_voice_message(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    assert_eq!(alice.refused("finishRecording", json!({})).await, "notAllowed");
    let clip = record(&mut alice).await;
    assert!(clip.duration_ms >= SAID && clip.size > 0, "{clip:?}");
    assert!(!clip.waveform.is_empty() && clip.waveform.iter().all(|loudness| *loudness <= 100), "{clip:?}");

    // Heard before it is sent, from the middle to its end.
    let mark = alice.mark();
    alice.ok("playRecording", json!({ "path": clip.path, "fromMs": SAID / 2, "speed": "double" })).await;
    let playing = playback(&alice, mark, |now| now.state == VoicePlaybackState::Playing).await;
    assert_eq!((playing.message.as_str(), playing.duration_ms), (clip.path.as_str(), clip.duration_ms));
    let over = playback(&alice, mark, |now| now.state != VoicePlaybackState::Playing).await;
    assert_eq!((over.state, over.position_ms), (VoicePlaybackState::Ended, clip.duration_ms));
    assert_eq!(alice.refused("playRecording", json!({ "path": "/etc/passwd" })).await, "notAllowed");

    let id = send(&mut alice, &bob_jid, &clip).await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    assert_eq!(alice.refused("playRecording", json!({ "path": clip.path })).await, "notAllowed");
    // A contact's clip comes by itself.
    let received = bob
        .event("the clip on bob's device", |event| match event {
            Event::MessageUpdated { message }
                if voice_of(message).is_some_and(|(_, _, transfer)| *transfer == TransferState::Local) =>
            {
                Some(message.clone())
            }
            _ => None,
        })
        .await;
    let (duration_ms, waveform, _) = voice_of(&received).unwrap();
    assert_eq!(duration_ms, clip.duration_ms);
    assert_eq!(waveform.len(), clip.waveform.len());

    // Heard from the middle, at double speed, to its end.
    let mark = bob.mark();
    let play = json!({ "message": received.id, "fromMs": SAID / 2, "speed": "double" });
    bob.own::<Value>("playVoice", play).await;
    let playing = playback(&bob, mark, |now| now.state == VoicePlaybackState::Playing).await;
    assert_eq!((&playing.message, playing.duration_ms), (&received.id, clip.duration_ms));
    assert!(playing.position_ms >= SAID / 2, "{playing:?}");
    let over = playback(&bob, mark, |now| now.state != VoicePlaybackState::Playing).await;
    assert_eq!((over.state, over.position_ms), (VoicePlaybackState::Ended, clip.duration_ms));

    // Stopped where it is; the sender hears the own one too.
    let mark = alice.mark();
    alice.own::<Value>("playVoice", json!({ "message": id })).await;
    playback(&alice, mark, |now| now.state == VoicePlaybackState::Playing).await;
    alice.own::<Value>("playVoice", json!({ "message": null })).await;
    playback(&alice, mark, |now| now.state == VoicePlaybackState::Stopped).await;

    // Thrown away: nothing is left to send.
    alice.ok("startRecording", json!({})).await;
    alice.ok("cancelRecording", json!({})).await;
    assert_eq!(alice.refused("finishRecording", json!({})).await, "notAllowed");
    // Taken back: nothing is left to hear.
    alice.own::<Value>("recallMessage", json!({ "message": id })).await;
    updated(&bob, &received.id, "the recall", |message| message.content == MessageContent::Recalled).await;
    let gone = bob.try_own("playVoice", json!({ "message": received.id })).await;
    assert_eq!(gone.unwrap_err().code, "unknownMessage");
}

async fn a_call_ends_a_recording(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let before = record(&mut alice).await;
    let id = send(&mut alice, &bob_jid, &before).await;
    delivered(&alice, &id, DeliveryState::Sent).await;

    let mark = alice.mark();
    alice.ok("startRecording", json!({})).await;
    let call = ring(&mut bob, &alice, "audio").await;
    // It rings, and she speaks on.
    recorded(&alice, mark, |progress| progress.elapsed_ms >= SAID && progress.ended.is_none()).await;
    accept(&mut alice, &call, "audio").await;
    let over = recorded(&alice, mark, |progress| progress.ended.is_some()).await;
    assert_eq!(over.ended, Some(RecordingEnd::CallStarted));
    connected(&alice, &call).await;
    assert_eq!(alice.refused("startRecording", json!({})).await, "busy");
    let play = alice.try_own("playVoice", json!({ "message": id })).await;
    assert_eq!(play.unwrap_err().code, "busy");
    // What was said before the call is there, and can be sent in it.
    let clip: RecordedClip = serde_json::from_value(alice.ok("finishRecording", json!({})).await).unwrap();
    assert!(clip.duration_ms >= SAID, "{clip:?}");
    let id = send(&mut alice, &bob_jid, &clip).await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    hang_up(&mut bob, &call).await;
    ended(&alice, &call).await;
    // Afterwards the microphone is free again; its media are closed a moment after the end is told.
    let mut again = alice.ask("startRecording", json!({})).await;
    while again.as_ref().is_err_and(|failure| failure.code == "busy") {
        tokio::task::yield_now().await;
        again = alice.ask("startRecording", json!({})).await;
    }
    again.unwrap();
    alice.ok("cancelRecording", json!({})).await;
}
