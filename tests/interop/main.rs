//! Real peers of other people's making. Here: Chromium with stanza.js through Prosody's WebSocket.
//!
//! Server, agent and browser run in a private network, the last two on machines of their own. Calls go in both
//! directions, with sound and pictures, bundled and unbundled; media is checked at both ends. `docs/interop.md` says
//! what was run with which versions.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod chromium;
mod dino;
mod page;
mod stage;
mod steps;

use confab_model::{CallId, EndReason, RemoteMediaState};
use serde_json::{Value, json};
use stage::{AGENT_TONE, BROWSER_TONE, Stage, WITH_MDNS, Wishes, play};
use steps::is_completed;

const UNBUNDLED: Wishes = Wishes { bundle: false, flags: stage::WITHOUT_MDNS };

fn talking() -> Value {
    json!({ "answer": "accept", "hertz": BROWSER_TONE })
}

#[test]
fn the_agent_calls_with_sound() {
    play("sound-out", Wishes::default(), async |mut stage: Stage| {
        println!("{}", stage.page.version().await);
        stage.page.policy(talking()).await;
        let call = stage.agent_calls("audio").await;
        stage.connected(&call).await;
        stage.page.hears(AGENT_TONE).await;
        stage.agent_plays(&call).await;
        stage.agent_hangs_up(&call).await;
        assert_eq!(stage.page.ended().await, "success");
        assert!(is_completed(&stage.end(&call).await));
        stage.agent_heard(&call).await;
    });
}

#[test]
fn the_browser_calls_with_sound() {
    play("sound-in", Wishes::default(), async |mut stage: Stage| {
        let call = stage.browser_calls("audio", json!({ "hertz": BROWSER_TONE })).await;
        stage.agent_answers(&call, "audio").await;
        stage.connected(&call).await;
        stage.page.hears(AGENT_TONE).await;
        stage.agent_plays(&call).await;
        stage.page.evaluate("peer.hangUp()").await;
        assert!(is_completed(&stage.end(&call).await));
        stage.agent_heard(&call).await;
    });
}

/// A video call of the agent: one transport or two.
async fn agent_calls_with_pictures(mut stage: Stage, transports: u32) {
    stage.page.policy(talking()).await;
    let call = stage.agent_calls("video").await;
    stage.connected(&call).await;
    stage.pictures_flow(&call).await;
    stage.page.hears(AGENT_TONE).await;
    let statistics = stage.page.statistics().await;
    assert_eq!(statistics.transports, transports, "{statistics:?}");
    assert!(statistics.codecs.iter().any(|codec| codec == "video/VP8"), "{statistics:?}");
    stage.page.evaluate("peer.hangUp()").await;
    assert!(is_completed(&stage.end(&call).await));
    stage.agent_heard(&call).await;
}

#[test]
fn the_agent_calls_with_pictures_on_one_transport() {
    play("video-out", Wishes::default(), async |stage: Stage| agent_calls_with_pictures(stage, 1).await);
}

#[test]
fn the_agent_calls_with_pictures_on_two_transports() {
    play("video-out-two", UNBUNDLED, async |stage: Stage| agent_calls_with_pictures(stage, 2).await);
}

/// A video call of the browser: one transport or two.
async fn browser_calls_with_pictures(mut stage: Stage, transports: u32) {
    let call = stage.browser_calls("video", json!({ "hertz": BROWSER_TONE, "bundle": transports == 1 })).await;
    stage.agent_answers(&call, "video").await;
    stage.connected(&call).await;
    stage.pictures_flow(&call).await;
    stage.page.hears(AGENT_TONE).await;
    let statistics = stage.page.statistics().await;
    assert_eq!(statistics.transports, transports, "{statistics:?}");
    stage.agent_hangs_up(&call).await;
    assert_eq!(stage.page.ended().await, "success");
    assert!(is_completed(&stage.end(&call).await));
    stage.agent_heard(&call).await;
}

#[test]
fn the_browser_calls_with_pictures_on_one_transport() {
    play("video-in", Wishes::default(), async |stage: Stage| browser_calls_with_pictures(stage, 1).await);
}

#[test]
fn the_browser_calls_with_pictures_on_two_transports() {
    play("video-in-two", UNBUNDLED, async |stage: Stage| browser_calls_with_pictures(stage, 2).await);
}

#[test]
fn what_is_muted_shows_on_the_other_side() {
    play("mute", Wishes::default(), async |mut stage: Stage| {
        stage.page.policy(talking()).await;
        let call = stage.agent_calls("video").await;
        stage.connected(&call).await;
        let on = RemoteMediaState { muted: false, camera: true, held: false };
        stage.agent_shows(&call, on).await;
        stage.page.evaluate("peer.setMuted('audio', true)").await;
        stage.agent_shows(&call, RemoteMediaState { muted: true, ..on }).await;
        stage.page.evaluate("peer.setMuted('video', true)").await;
        stage.agent_shows(&call, RemoteMediaState { muted: true, camera: false, ..on }).await;
        stage.page.evaluate("peer.setMuted('audio', false)").await;
        stage.agent_shows(&call, RemoteMediaState { camera: false, ..on }).await;
        stage.agent.own::<Value>("setMuted", json!({ "call": call, "muted": true })).await;
        stage.page.until("state.call.remoteMuted").await;
        stage.page.until("!peer.hear()").await;
        stage.agent.own::<Value>("setMuted", json!({ "call": call, "muted": false })).await;
        stage.page.until("!state.call.remoteMuted").await;
        stage.page.hears(AGENT_TONE).await;
        stage.agent_plays(&call).await;
        stage.agent_hangs_up(&call).await;
        assert_eq!(stage.page.ended().await, "success");
    });
}

#[test]
fn a_video_call_is_answered_without_a_camera() {
    play("one-camera", Wishes::default(), async |mut stage: Stage| {
        stage.page.policy(json!({ "answer": "accept", "media": "audio", "hertz": BROWSER_TONE })).await;
        let call = stage.agent_calls("video").await;
        stage.connected(&call).await;
        stage.agent_shows(&call, RemoteMediaState::default()).await;
        assert!(stage.page.sees().await.best_age_ms.is_some_and(|age| age < stage::FRESH));
        stage.agent_plays(&call).await;
        stage.agent_hangs_up(&call).await;
        assert_eq!(stage.page.ended().await, "success");
        stage.agent_heard(&call).await;
    });
}

#[test]
fn calls_that_are_not_answered_end_with_the_right_reason() {
    play("refusals", Wishes::default(), async |mut stage: Stage| {
        stage.page.policy(json!({ "answer": "reject" })).await;
        let call = stage.agent_calls("audio").await;
        assert_eq!(stage.end(&call).await, EndReason::Rejected { text: None });

        // XEP-0353: busy without our own child tells nothing about why.
        stage.page.policy(json!({ "answer": "busy" })).await;
        let call = stage.agent_calls("video").await;
        assert_eq!(stage.end(&call).await, EndReason::Unavailable);

        stage.page.policy(json!({ "answer": "wait" })).await;
        let call = stage.agent_calls("audio").await;
        stage.snapshot(&call, "the browser ringing", |call| call.timings.received_ms).await;
        stage.agent_hangs_up(&call).await;
        assert_eq!(stage.page.ended().await, "retracted cancel");
        assert_eq!(stage.end(&call).await, EndReason::Cancelled);

        let call = stage.browser_calls("video", json!({})).await;
        stage.agent.own::<Value>("rejectCall", json!({ "call": call, "text": null })).await;
        assert_eq!(stage.page.ended().await, "rejected decline");
        assert_eq!(stage.end(&call).await, EndReason::Rejected { text: None });

        let call = stage.browser_calls("audio", json!({})).await;
        stage.page.evaluate("peer.retract()").await;
        assert_eq!(stage.end(&call).await, EndReason::Cancelled);
    });
}

#[test]
fn a_browser_that_hides_its_addresses_is_reached() {
    play("mdns", Wishes { flags: WITH_MDNS, ..Wishes::default() }, async |mut stage: Stage| {
        stage.page.policy(talking()).await;
        let call = stage.agent_calls("audio").await;
        stage.connected(&call).await;
        stage.page.hears(AGENT_TONE).await;
        stage.agent_plays(&call).await;
        let hidden = stage.page.evaluate("window.__trace.some((stanza) => stanza.includes('.local'))").await;
        assert_eq!(hidden, true, "its candidates are names");
        stage.page.evaluate("peer.hangUp()").await;
        assert!(is_completed(&stage.end(&call).await));
        stage.agent_heard(&call).await;
    });
}

/// The far side's second credentials are there, the path is new, and both sides still see and hear each other.
async fn goes_on_a_new_way(stage: &Stage, call: &CallId) {
    stage.page.until("peer.credentials() === 2").await;
    let mark = stage.agent.mark();
    stage.connected(call).await;
    stage.page.decodes_more_than(stage::BROWSER_RATE).await;
    stage.page.hears(AGENT_TONE).await;
    stage.pictures_since(mark, call).await;
}

#[test]
fn a_changed_network_gives_a_call_of_the_agent_a_new_way() {
    play("restart-out", Wishes::default(), async |mut stage: Stage| {
        stage.page.policy(talking()).await;
        let call = stage.agent_calls("video").await;
        stage.connected(&call).await;
        stage.page.sees().await;
        stage.change_network();
        goes_on_a_new_way(&stage, &call).await;
        stage.agent_hangs_up(&call).await;
        assert_eq!(stage.page.ended().await, "success");
        assert!(is_completed(&stage.end(&call).await));
    });
}

/// stanza.js ends a session whose responder sends new credentials: it must be left to restart by itself.
#[test]
fn a_browser_gives_its_call_a_new_way() {
    play("restart-in", Wishes::default(), async |mut stage: Stage| {
        let call = stage.browser_calls("video", json!({ "hertz": BROWSER_TONE })).await;
        stage.agent_answers(&call, "video").await;
        stage.connected(&call).await;
        stage.change_network();
        // Longer than the agent takes to notice (0.4 s) and to restart as it would with its own kind (4 s).
        stage.page.evaluate("new Promise((done) => setTimeout(done, 5000))").await;
        assert_eq!(stage.page.evaluate("peer.credentials()").await, 1);
        stage.page.evaluate("peer.restart()").await;
        goes_on_a_new_way(&stage, &call).await;
        stage.page.evaluate("peer.hangUp()").await;
        assert!(is_completed(&stage.end(&call).await));
    });
}
