//! Costs, printed. Not part of the suite: `cargo test -p confab-media --test it -- --ignored --nocapture measure`.

#![cfg(target_os = "linux")]

use std::time::Duration;

use confab_media::video::{
    CaptureLimit, PicturePool, PipelineConfig, SendPipeline, scale, test_picture::TestPicture, vp8::Vp8Decoder,
};

use super::link::moment;

/// Processor time of this thread: the machine may be busy with other things.
fn cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[test]
#[ignore = "prints measurements"]
fn measure_encode_and_decode() {
    for (width, height, rate) in
        [(1280, 720, 1_500_000), (1280, 720, 2_500_000), (960, 540, 900_000), (640, 360, 600_000)]
    {
        let source = TestPicture::new(width, height);
        let mut sender = SendPipeline::new(PipelineConfig {
            content: "video".into(),
            limit: CaptureLimit { width, height, fps: 30 },
            start_rate: rate,
            max_rate: rate,
            processors: 2,
            seed: 0,
        });
        let mut decoder = Vp8Decoder::new().unwrap();
        let (mut draw, mut encode, mut decode, mut bytes, mut worst) =
            (Duration::ZERO, Duration::ZERO, Duration::ZERO, 0, Duration::ZERO);
        let frames = 300u32;
        for frame in 0..frames {
            let began = cpu();
            let picture = source.at(moment(u64::from(frame) * 33_333));
            draw += cpu() - began;
            let began = cpu();
            let output = sender.handle_picture(&picture).unwrap();
            encode += cpu() - began;
            worst = worst.max(cpu() - began);
            let Some(output) = output else { continue };
            bytes += output.picture.data.len();
            let began = cpu();
            decoder.decode(&output.picture.data, picture.captured).unwrap();
            decode += cpu() - began;
        }
        let share = |time: Duration| time.as_secs_f64() / f64::from(frames) * 30.0 * 100.0;
        println!(
            "{width}x{height} at {} kbit/s (got {}): draw {:.2} ms, encode {:.2} ms = {:.1} % (worst {:.1} ms), decode {:.2} ms = {:.1} %",
            rate / 1_000,
            bytes * 8 * 30 / frames as usize / 1_000,
            draw.as_secs_f64() * 1e3 / f64::from(frames),
            encode.as_secs_f64() * 1e3 / f64::from(frames),
            share(encode),
            worst.as_secs_f64() * 1e3,
            decode.as_secs_f64() * 1e3 / f64::from(frames),
            share(decode),
        );
    }
    let pool = PicturePool::default();
    let large = TestPicture::new(1280, 720).at(moment(0));
    for (width, height) in [(960, 540), (640, 360), (480, 270), (320, 180)] {
        let began = cpu();
        for _ in 0..100 {
            scale::resize(&large, width, height, &pool);
        }
        println!("720p to {width}x{height}: {:.2} ms", (cpu() - began).as_secs_f64() * 10.0);
    }
}
