//! How long it takes from the answer to connected on loopback: printed, not judged.
//! `cargo test -p confab-peer set_up_time -- --nocapture`

use std::time::{Duration, Instant};

use crate::pair::{Pair, both};

/// From the callee's answer to connected on both sides, signalling taking no time.
async fn set_up(bundle: bool) -> (Duration, String) {
    let mut pair = Pair::new(both(), both(), bundle);
    let offer = pair.initiator.peer.offer().await.unwrap();
    let start = Instant::now();
    let answer = pair.responder.peer.answer(&offer).await.unwrap();
    let answered = start.elapsed();
    pair.initiator.peer.apply_answer(&answer).await.unwrap();
    let applied = start.elapsed();
    pair.trickle_until(|event| *event == confab_peer::PeerEvent::Connected).await;
    let took = start.elapsed();
    let statistics = pair.initiator.peer.statistics().await;
    let steps = statistics.transports.iter().map(|entry| format!("checks {:?} dtls {:?}", entry.checks, entry.dtls));
    let steps = steps.collect::<Vec<_>>().join(", ");
    pair.close().await;
    (took, format!("answered {answered:?} applied {applied:?} {steps}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_times() {
    for bundle in [true, false] {
        let mut times = Vec::new();
        for _ in 0..20 {
            times.push(set_up(bundle).await);
        }
        times.sort();
        println!("bundle {bundle}: p50 {:?}, p95 {:?}; median run: {}", times[10].0, times[18].0, times[10].1);
    }
}
