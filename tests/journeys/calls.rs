//! Calls that are answered: what is heard and seen, and what the far side is told meanwhile.

use std::f64::consts::TAU;

use confab_model::{CallDirection, CallId, CallMedia, CallSnapshot, Event, ParticipantState, RingKind};
use confab_testkit::audio::{RATE, read_wav};
use confab_tests::driver::{Agent, AgentOptions, World};
use serde_json::{Value, json};

use crate::{
    journeys,
    steps::{COMPLETED, accept, both_ended, connected, hang_up, phases, ring, rings, snapshot, talk},
};

journeys!(shared: a_video_call_is_heard_and_seen, an_audio_call_tells_mute_and_hold, an_audio_call_gets_pictures);
journeys!(prosody: a_video_call_is_answered_with_audio_only);

async fn a_video_call_is_heard_and_seen(world: World) {
    let recorded = |name| AgentOptions { record: true, ..world.options(name) };
    let (alice, bob) = (recorded("alice"), recorded("bob"));
    let (mut alice, mut bob) = tokio::join!(world.person_with(alice), world.person_with(bob));
    world.contacts(&mut alice, &mut bob).await;
    let extension = json!({ "to": bob.jid, "media": "video", "extension": { "topic": "搬家" } });
    let call: CallId = alice.own("placeCall", extension).await;
    let said = bob
        .event("the extension", |event| match event {
            Event::CallExtension { call: of, extension } if *of == call => Some(extension.clone()),
            _ => None,
        })
        .await;
    assert_eq!(said, json!({ "topic": "搬家" }));
    snapshot(&alice, &call, "that it rings there", |call| {
        (call.participants[0].state == ParticipantState::Received).then_some(())
    })
    .await;
    accept(&mut bob, &call, "video").await;
    for agent in [&alice, &bob] {
        connected(agent, &call).await;
        snapshot(agent, &call, "first sound and picture", |call| {
            (call.timings.first_audio_ms.is_some() && call.timings.first_video_ms.is_some()).then_some(())
        })
        .await;
        snapshot(agent, &call, "moving pictures", |call| {
            let quality = call.participants[0].quality.as_ref()?;
            (quality.frames_per_second > 0 && quality.width == 320 && quality.height == 180).then_some(())
        })
        .await;
        agent
            .event("a sound level from there", |event| match event {
                Event::AudioLevels { call: Some(of), level } if *of == call => (level.remote > 20).then_some(()),
                _ => None,
            })
            .await;
    }
    // The levels above are of single moments; a second more of sound to listen to.
    for _ in 0..20 {
        let mark = bob.mark();
        bob.event_since(mark, "more sound", |event| matches!(event, Event::AudioLevels { .. }).then_some(())).await;
    }
    hang_up(&mut alice, &call).await;
    let (out, inn) = both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &call).await;
    assert_eq!((out.direction, inn.direction), (CallDirection::Outgoing, CallDirection::Incoming));
    assert_eq!((out.media, inn.media), (CallMedia::Video, CallMedia::Video));
    assert!(out.answered_at.is_some() && inn.answered_at.is_some());
    assert_eq!(phases(&alice, &call).await, ["calling", "connecting", "connected", "ended"]);
    assert_eq!(phases(&bob, &call).await, ["calling", "connecting", "connected", "ended"]);
    assert_eq!(rings(&bob, &call).await, [RingKind::Loud, RingKind::Stopped]);
    let report: Value = alice.own("callReport", json!({ "call": call })).await;
    assert_eq!(report["record"]["id"], call.as_str());

    // Recordings are whole once the agent has ended.
    alice.quit().await;
    bob.quit().await;
    heard(&alice, &bob, &call);
    heard(&bob, &alice, &call);
}

/// What one said is what the other heard: its tone, not the own one.
fn heard(speaker: &Agent, listener: &Agent, call: &CallId) {
    let file = |agent: &Agent, what: &str| agent.options.folder.join(format!("calls/{call}.{what}.wav"));
    let said = tone_power(&read_wav(&file(speaker, "sent")).unwrap(), speaker.options.tone);
    assert!(said > 0.3, "{} says its tone: {said}", speaker.options.name);
    let received = read_wav(&file(listener, "received")).unwrap();
    let theirs = tone_power(&received, speaker.options.tone);
    let own = tone_power(&received, listener.options.tone);
    let name = &listener.options.name;
    assert!(theirs > 0.3, "{name} hears {} Hz: {theirs}", speaker.options.tone);
    assert!(theirs > own * 20.0, "{name} does not hear itself: {theirs} to {own}");
}

/// The part of the power that is at a frequency (Goertzel), over windows of 20 ms. The tone is there for four fifths
/// of the time.
fn tone_power(samples: &[i16], hertz: u32) -> f64 {
    let window = (RATE / 50) as usize;
    let step = TAU * f64::from(hertz) / f64::from(RATE);
    let (mut at_tone, mut total) = (0.0, 0.0);
    for chunk in samples.chunks_exact(window) {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in chunk.iter().enumerate() {
            let (sample, angle) = (f64::from(*sample), n as f64 * step);
            re += sample * angle.cos();
            im += sample * angle.sin();
            total += sample * sample;
        }
        at_tone += (re * re + im * im) * 2.0 / window as f64;
    }
    if total > 0.0 { at_tone / total } else { 0.0 }
}

async fn an_audio_call_tells_mute_and_hold(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let call = talk(&mut alice, &mut bob, "audio").await;
    type Look = fn(&CallSnapshot) -> bool;
    let changes: [(&str, &str, bool, Look); 4] = [
        ("setMuted", "muted", true, |call| call.participants[0].media.muted),
        ("setMuted", "muted", false, |call| !call.participants[0].media.muted),
        ("setHeld", "held", true, |call| call.participants[0].media.held),
        ("setHeld", "held", false, |call| !call.participants[0].media.held),
    ];
    for (op, argument, on, look) in changes {
        let mark = bob.mark();
        alice.own::<Value>(op, json!({ "call": call, argument: on })).await;
        bob.event_since(mark, &format!("{argument} {on}"), |event| match event {
            Event::CallChanged { call: snapshot } if snapshot.id == call => look(snapshot).then_some(()),
            _ => None,
        })
        .await;
    }
    let live = alice.ok("calls", json!({})).await;
    assert_eq!(live.as_array().map(Vec::len), Some(1));
    assert_eq!(live[0]["media"], "audio");
    hang_up(&mut bob, &call).await;
    both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &call).await;
    assert_eq!(phases(&alice, &call).await, ["calling", "connecting", "connected", "ended"]);
    assert_eq!(alice.ok("calls", json!({})).await, json!([]));
    let late = alice.try_own("setMuted", json!({ "call": call, "muted": true })).await;
    assert_eq!(late.unwrap_err().code, "unknownCall");
}

async fn a_video_call_is_answered_with_audio_only(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let call = ring(&mut alice, &bob, "video").await;
    accept(&mut bob, &call, "audio").await;
    connected(&alice, &call).await;
    connected(&bob, &call).await;
    snapshot(&bob, &call, "the caller's picture", |call| call.timings.first_video_ms.map(drop)).await;
    snapshot(&alice, &call, "no camera there", |call| {
        (!call.participants[0].media.camera && call.local.camera).then_some(())
    })
    .await;
    // The callee turns the camera on after all, and off again.
    for on in [true, false] {
        let mark = alice.mark();
        bob.own::<Value>("setCamera", json!({ "call": call, "on": on })).await;
        alice
            .event_since(mark, &format!("camera {on}"), |event| match event {
                Event::CallChanged { call: snapshot } if snapshot.id == call => {
                    (snapshot.participants[0].media.camera == on).then_some(())
                }
                _ => None,
            })
            .await;
        if on {
            snapshot(&alice, &call, "the callee's picture", |call| call.timings.first_video_ms.map(drop)).await;
        }
    }
    hang_up(&mut bob, &call).await;
    both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &call).await;
}

async fn an_audio_call_gets_pictures(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let call = talk(&mut alice, &mut bob, "audio").await;
    let op = json!({ "call": call });
    assert_eq!(alice.try_own("removeVideo", op.clone()).await.unwrap_err().code, "invalidState");

    // The callee's pictures come; the caller's camera is the caller's own wish.
    bob.own::<Value>("addVideo", op.clone()).await;
    snapshot(&alice, &call, "pictures of bob", |call| {
        let theirs = call.participants[0].media.camera && !call.local.camera;
        (call.media == CallMedia::Video && theirs && call.timings.first_video_ms.is_some()).then_some(())
    })
    .await;
    snapshot(&bob, &call, "no camera there", |call| {
        (call.media == CallMedia::Video && call.local.camera && !call.participants[0].media.camera).then_some(())
    })
    .await;
    alice.own::<Value>("setCamera", json!({ "call": call, "on": true })).await;
    snapshot(&bob, &call, "pictures of alice", |call| {
        (call.participants[0].media.camera && call.timings.first_video_ms.is_some()).then_some(())
    })
    .await;
    assert_eq!(bob.try_own("addVideo", op.clone()).await.unwrap_err().code, "invalidState");

    // Back to sound alone, and pictures once more, by the other side.
    let marks = [alice.mark(), bob.mark()];
    alice.own::<Value>("removeVideo", op.clone()).await;
    for (agent, mark) in [&alice, &bob].into_iter().zip(marks) {
        changed(agent, mark, &call, "sound alone", |call| {
            call.media == CallMedia::Audio && !call.local.camera && !call.participants[0].media.camera
        })
        .await;
    }
    let marks = [alice.mark(), bob.mark()];
    // Both want them at the same time: one set of pictures, both cameras.
    let (here, there) = tokio::join!(alice.try_own("addVideo", op.clone()), bob.try_own("addVideo", op.clone()));
    here.unwrap();
    let crossed = there.is_ok();
    for (agent, mark) in [&alice, &bob].into_iter().zip(marks) {
        changed(agent, mark, &call, "moving pictures", |call| {
            let quality = call.participants[0].quality.as_ref();
            let moving = quality.is_some_and(|quality| quality.frames_per_second > 0);
            call.media == CallMedia::Video && (moving || (!crossed && agent.options.name == "alice"))
        })
        .await;
    }
    let mark = alice.mark();
    alice
        .event_since(mark, "sound all the while", |event| match event {
            Event::AudioLevels { level, .. } => (level.remote > 20).then_some(()),
            _ => None,
        })
        .await;
    hang_up(&mut alice, &call).await;
    let (out, inn) = both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &call).await;
    assert_eq!((out.media, inn.media), (CallMedia::Video, CallMedia::Video));
}

/// A snapshot from `mark` on that looks so.
async fn changed(agent: &Agent, mark: usize, call: &CallId, what: &str, look: impl Fn(&CallSnapshot) -> bool) {
    agent
        .event_since(mark, what, |event| match event {
            Event::CallChanged { call: snapshot } if snapshot.id == *call => look(snapshot).then_some(()),
            _ => None,
        })
        .await;
}
