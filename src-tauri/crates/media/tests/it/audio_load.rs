//! What is left of speech when the processor belongs to others. Measured, not judged: run it with
//! `CONFAB_SPEECH=speech.wav cargo test -p confab-media --test it -- --ignored --nocapture speech_under_load`.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use confab_media::audio::{AudioCall, AudioCallConfig, InputChoice, OutputChoice};
use confab_model::{ContentName, DeviceId};
use confab_testkit::audio;
use tokio::sync::mpsc;

use crate::audio_call::{Machine, PAYLOAD_TYPE, QUEUE, forward};

const SECONDS: u64 = 25;

/// Median and worst correlation of the seconds of speech that were sent with what was heard.
fn compare(said: &Path, heard: &Path) -> (f64, f64, Vec<i64>) {
    let (said, heard) = (audio::read_wav(said).unwrap(), audio::read_wav(heard).unwrap());
    let second = audio::RATE as usize;
    let mut found = Vec::new();
    let mut lags = Vec::new();
    for (index, piece) in said.chunks_exact(second).enumerate().skip(2) {
        let energy = piece.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / piece.len() as f64;
        let to = (index + 3) * second;
        if energy.sqrt() > 200.0 && to <= heard.len() {
            let matched = audio::correlate(piece, &heard[(index.saturating_sub(2)) * second..to]);
            found.push(matched.coefficient);
            lags.push(matched.lag_ms.round() as i64);
        }
    }
    found.sort_by(f64::total_cmp);
    (found[found.len() / 2], found[0], lags)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints measurements"]
async fn speech_under_load() {
    let speech = std::env::var("CONFAB_SPEECH").expect("a WAV file");
    for spinners in [0, 6] {
        let folder = tempfile::tempdir().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        for _ in 0..spinners {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let machine = Machine::new(&[]);
        let config = |name: &str, input: &str| AudioCallConfig {
            input: InputChoice::Device(DeviceId(input.into())),
            output: OutputChoice::Device(DeviceId("test:null".into())),
            record_sent: Some(folder.path().join(format!("{name}.sent.wav"))),
            record_received: Some(folder.path().join(format!("{name}.heard.wav"))),
            ..AudioCallConfig::new(ContentName("audio".to_owned()), PAYLOAD_TYPE)
        };
        let ((a_out, from_a), (b_out, from_b)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        let ((to_a, a_in), (to_b, b_in)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        let looped = format!("file-loop:{speech}");
        let (a, _a_events) = AudioCall::start(config("a", &looped), machine.clone(), a_out, a_in).unwrap();
        let (b, _b_events) = AudioCall::start(config("b", &looped), machine, b_out, b_in).unwrap();
        tokio::spawn(forward(from_a, to_b, 1));
        tokio::spawn(forward(from_b, to_a, 2));
        for second in 0..SECONDS {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if second % 4 == 3 {
                let of = b.statistics();
                println!(
                    "{spinners}: concealed {} stretched {} ‰, delay {} of {} ms, underrun {} ms, late {}",
                    of.concealed_permille,
                    of.stretched_permille,
                    of.jitter_delay_ms,
                    of.jitter_target_ms,
                    of.playout_underrun_samples / 48,
                    of.packets_late,
                );
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(tokio::task::spawn_blocking(move || a.stop() && b.stop()).await.unwrap());
        for (said, heard) in [("a", "b"), ("b", "a")] {
            let (median, worst, lags) = compare(
                &folder.path().join(format!("{said}.sent.wav")),
                &folder.path().join(format!("{heard}.heard.wav")),
            );
            println!(
                "{spinners} spinning, {said} to {heard}: correlation {median:.3}, worst {worst:.3}, lags {lags:?}"
            );
        }
    }
}
