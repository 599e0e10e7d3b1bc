//! Encoder to decoder in virtual time: quality after a lossy link, following the rate, the picture clock.

use std::time::Duration;

use confab_media::video::{
    AssemblerConfig, AssemblerOutput, CaptureLimit, FrameAssembler, IvfWriter, Picture, PicturePool, PipelineConfig,
    PipelineOutput, SendPipeline, barcode, luma_psnr, scale, test_picture::TestPicture, vp8::Vp8Decoder,
};
use confab_model::EncodedVideoFrame;

use super::link::{Link, LinkConfig, moment};

const FRAME_US: u64 = 33_333;

fn pipeline(width: u32, height: u32, rate: u32) -> SendPipeline {
    SendPipeline::new(PipelineConfig {
        content: "video".into(),
        limit: CaptureLimit { width, height, fps: 30 },
        start_rate: rate,
        max_rate: 4_000_000,
        processors: 2,
        seed: 0xFFFF_FF00,
    })
}

/// The test picture under film grain: a camera in a dim room, much harder to encode.
fn grain(picture: &mut Picture, state: &mut u32) {
    for sample in picture.planes_mut().0 {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = sample.saturating_add((*state >> 24) as u8 % 12);
    }
}

#[test]
fn pictures_survive_a_link_with_repairs() {
    let mut sender = pipeline(640, 360, 800_000);
    let config = LinkConfig {
        loss: 0.05,
        duplicate: 0.02,
        jitter: Duration::from_millis(5),
        one_way: Duration::from_millis(20),
        repair: true,
    };
    let mut link = Link::new(config, 4, 65_000);
    let mut assembler = FrameAssembler::new(AssemblerConfig { round_trip: Duration::from_millis(40) });
    let mut decoder = Vp8Decoder::new().unwrap();
    let source = TestPicture::new(640, 360);
    let (mut shown, mut worst) = (0, f64::MAX);
    for frame in 0..180u64 {
        let now = frame * FRAME_US;
        if frame < 150 {
            let output = sender.handle_picture(&source.at(moment(now))).unwrap();
            link.send(&output.map_or(vec![], |output| output.packets), now);
        }
        while let Some((at, packet)) = link.receive(now + FRAME_US) {
            assembler.handle_packet(&packet, moment(at));
            while let Some(output) = assembler.poll_output() {
                let AssemblerOutput::Frame(frame) = output else { panic!("a keyframe was wanted") };
                // The RTP clock gives the source picture back.
                let ticks = u64::from(frame.timestamp.wrapping_sub(0xFFFF_FF00));
                let original = source.at(moment((ticks * 100 / 9 + FRAME_US / 2) / FRAME_US * FRAME_US));
                let picture = decoder.decode(&frame.data, moment(at)).unwrap().unwrap();
                assert_eq!(barcode::read(&picture), Some(original.captured.wall.0 as u32), "picture {shown}");
                worst = worst.min(luma_psnr(&picture, &original).unwrap());
                shown += 1;
            }
        }
    }
    println!("{shown} pictures, {} packets lost, worst {worst:.1} dB", link.lost);
    assert!(link.lost > 10, "{} lost", link.lost);
    assert!(shown >= 140, "{shown} shown");
    assert!(worst > 30.0, "{worst:.1} dB");
}

#[test]
fn the_picture_clock_is_readable_at_a_low_rate() {
    for (rate, sizes) in [(300_000, (640, 360)), (60_000, (320, 180))] {
        let mut sender = pipeline(1280, 720, rate);
        let mut decoder = Vp8Decoder::new().unwrap();
        let source = TestPicture::new(1280, 720);
        let (mut pictures, mut last) = (0, (0, 0));
        for frame in 0..120 {
            let original = source.at(moment(frame * FRAME_US));
            let Some(output) = sender.handle_picture(&original).unwrap() else { continue };
            let picture = decoder.decode(&output.picture.data, original.captured).unwrap().unwrap();
            assert_eq!(barcode::read(&picture), Some(original.captured.wall.0 as u32), "{rate}: picture {frame}");
            last = (picture.width(), picture.height());
            pictures += 1;
        }
        assert_eq!(last, sizes, "{rate}");
        assert!(pictures >= 40, "{rate}: {pictures}");
    }
}

/// Payload bits of each second of 30 pictures; outputs come with the number of their picture.
fn seconds(outputs: &[(u64, PipelineOutput)], total: u64) -> Vec<usize> {
    let mut bits = vec![0; total as usize];
    for (at, output) in outputs {
        bits[(at / 30) as usize] += output.packets.iter().map(|packet| packet.payload.len() * 8).sum::<usize>();
    }
    bits
}

#[test]
fn the_output_follows_the_target_within_a_second() {
    let mut sender = pipeline(1280, 720, 2_000_000);
    let mut random = 1;
    let source = TestPicture::new(1280, 720);
    let mut outputs = Vec::new();
    // Ten times steeper than networks usually change: down to an eighth, and back.
    let targets = [(0, 2_000_000), (3, 250_000), (7, 2_000_000)];
    for frame in 0..13 * 30u64 {
        let now = frame * FRAME_US;
        if let Some((_, rate)) = targets.iter().find(|(second, _)| second * 30 == frame) {
            sender.set_target_rate(*rate).unwrap();
        }
        let mut picture = source.at(moment(now));
        grain(&mut picture, &mut random);
        if let Some(output) = sender.handle_picture(&picture).unwrap() {
            outputs.push((frame, output));
        }
    }
    let bits = seconds(&outputs, 13);
    let sizes: Vec<u32> = outputs.iter().step_by(15).map(|(_, output)| output.picture.width).collect();
    println!("{bits:?}\n{sizes:?}");
    for (second, bits) in bits.iter().enumerate() {
        let target = match second {
            3..=6 => 250_000,
            _ => 2_000_000,
        };
        // The bucket allows 200 ms more than the rate in any interval, and one picture.
        assert!(*bits <= target * 6 / 5 + 60_000, "second {second}: {bits} of {target}");
        // The second of a step is in between, and the size goes up only after three good seconds.
        if ![0, 3, 7, 8, 9, 10].contains(&second) {
            assert!(*bits >= target * 6 / 10, "second {second}: {bits} of {target}");
        }
    }
    assert_eq!(outputs.last().unwrap().1.picture.width, 1280);
}

#[test]
fn keyframes_come_on_demand_and_not_in_storms() {
    let mut sender = pipeline(320, 180, 300_000);
    let source = TestPicture::new(320, 180);
    let mut keyframes = Vec::new();
    for frame in 0..90u64 {
        if [30, 31, 32, 33, 60].contains(&frame) {
            sender.force_keyframe();
        }
        if let Some(output) = sender.handle_picture(&source.at(moment(frame * FRAME_US))).unwrap()
            && output.picture.keyframe
        {
            keyframes.push(frame);
        }
    }
    // The requests at 31 to 33 fall into the 300 ms after 30 and are answered once.
    assert_eq!(keyframes, [0, 30, 40, 60]);
}

#[test]
fn odd_sizes_are_encoded_and_decoded() {
    let pool = PicturePool::default();
    for (width, height) in [(321, 181), (2, 2), (16, 1_000), (637, 359)] {
        let source = scale::resize(&TestPicture::new(320, 180).at(moment(0)), width, height, &pool);
        let mut sender = pipeline(1280, 720, 1_500_000);
        let output = sender.handle_picture(&source).unwrap().unwrap();
        let picture = Vp8Decoder::new().unwrap().decode(&output.picture.data, moment(0)).unwrap().unwrap();
        assert_eq!((picture.width(), picture.height()), (output.picture.width, output.picture.height));
        assert!(picture.width().is_multiple_of(2) && picture.height().is_multiple_of(2) && picture.width() <= width);
    }
}

#[test]
fn what_is_written_to_ivf_is_played_again() {
    let mut sender = pipeline(320, 180, 300_000);
    let source = TestPicture::new(320, 180);
    let mut writer = IvfWriter::new(std::io::Cursor::new(Vec::new()));
    for frame in 0..10u64 {
        let Some(output) = sender.handle_picture(&source.at(moment(frame * FRAME_US))).unwrap() else { continue };
        let frame = EncodedVideoFrame {
            codec: "VP8",
            keyframe: output.picture.keyframe,
            timestamp: output.timestamp,
            width: output.picture.width,
            height: output.picture.height,
            rotation: 0,
            data: output.picture.data,
            started: moment(0),
        };
        writer.write(&frame).unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    assert_eq!(&file[..12], b"DKIF\0\0\x20\0VP80");
    assert_eq!(u32::from_le_bytes(file[24..28].try_into().unwrap()), 10);
}
