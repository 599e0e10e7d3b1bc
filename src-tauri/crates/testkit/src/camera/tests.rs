//! The tests run twice: as themselves, and once more as the program under test with the library preloaded.

use std::io;
use std::time::{Duration, SystemTime};

use v4l::io::traits::CaptureStream as _;
use v4l::video::Capture as _;
use v4l::{Device, Format, FourCC, buffer, context, prelude::MmapStream};

use super::*;
use crate::barcode;
use crate::process::wait_until;

/// Set in the second run.
const INSIDE: &str = "CONFAB_TEST_INSIDE_SHIM";

/// Runs the named test again with the library, and passes on what it says.
fn run_inside(test: &str) {
    let camera = VirtualCamera::build().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).envs(camera.env()).env(INSIDE, camera.dir.path());
    if let Err(e) = run(&mut command) {
        panic!("{e}");
    }
}

/// The control file's owner in the second run.
fn inside() -> Option<VirtualCamera> {
    let dir = PathBuf::from(std::env::var_os(INSIDE)?);
    // The folder belongs to the first run; a new one in it takes what is written, `set` moves it.
    let own = tempfile::tempdir_in(&dir).unwrap();
    Some(VirtualCamera { library: PathBuf::new(), dir: own, states: [CameraState::On, CameraState::Unplugged] })
}

/// Writes through to the control file that the library reads.
fn set(camera: &mut VirtualCamera, number: usize, state: CameraState) {
    camera.set(number, state).unwrap();
    let real = std::env::var_os("CONFAB_SHIM_CONTROL").unwrap();
    fs::rename(camera.control(), real).unwrap();
}

fn unix_ms() -> u32 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    since.as_millis() as u32
}

/// Luma of the next picture.
fn next_luma(stream: &mut MmapStream<'_>, fourcc: &[u8; 4], pixels: usize) -> io::Result<Vec<u8>> {
    let (bytes, _) = stream.next()?;
    let step = if fourcc == b"YUYV" { 2 } else { 1 };
    Ok(bytes.iter().step_by(step).take(pixels).copied().collect())
}

#[test]
fn every_format_carries_the_time_of_capture() {
    if inside().is_none() {
        return run_inside("camera::tests::every_format_carries_the_time_of_capture");
    }
    let listed: Vec<_> = context::enum_devices().iter().map(|node| (node.index(), node.name())).collect();
    assert_eq!(listed, [(0, Some("Confab test camera 0".to_owned()))]);
    let device = Device::new(0).unwrap();
    assert_eq!(device.query_caps().unwrap().card, "Confab test camera 0");
    assert_eq!(device.query_controls().unwrap().len(), 1);
    for fourcc in [b"YUYV", b"NV12"] {
        for (width, height) in [(640, 360), (640, 480), (1280, 720)] {
            let set = device.set_format(&Format::new(width, height, FourCC::new(fourcc))).unwrap();
            assert_eq!((set.width, set.height, &set.fourcc.repr), (width, height, fourcc));
            let mut stream = MmapStream::with_buffers(&device, buffer::Type::VideoCapture, 4).unwrap();
            let mut last = None;
            for _ in 0..3 {
                let luma = next_luma(&mut stream, fourcc, (width * height) as usize).unwrap();
                let (w, h) = (width as usize, height as usize);
                let captured = barcode::read(&luma, w, w, h).expect("a picture clock");
                // Generous: the machine may be busy. What matters is that it is the clock of this moment.
                assert!(unix_ms().wrapping_sub(captured) < 5_000, "{captured}");
                if let Some(before) = last {
                    assert!(captured.wrapping_sub(before) >= 30, "{before} then {captured}: 30 pictures a second");
                }
                last = Some(captured);
            }
        }
    }
}

#[test]
fn a_camera_freezes_goes_black_is_pulled_and_comes_back() {
    let Some(mut camera) = inside() else {
        return run_inside("camera::tests::a_camera_freezes_goes_black_is_pulled_and_comes_back");
    };
    let device = Device::new(0).unwrap();
    device.set_format(&Format::new(640, 360, FourCC::new(b"YUYV"))).unwrap();
    let mut stream = MmapStream::with_buffers(&device, buffer::Type::VideoCapture, 4).unwrap();
    stream.set_timeout(Duration::from_millis(300));
    let read = |stream: &mut MmapStream<'_>| next_luma(stream, b"YUYV", 640 * 360);
    assert!(barcode::read(&read(&mut stream).unwrap(), 640, 640, 360).is_some());

    set(&mut camera, 0, CameraState::Black);
    assert!(wait_until(Duration::from_secs(5), || read(&mut stream).unwrap().iter().all(|luma| *luma == 16)));
    set(&mut camera, 0, CameraState::Frozen);
    assert!(wait_until(Duration::from_secs(5), || {
        stream.next().is_err_and(|e| e.kind() == io::ErrorKind::TimedOut)
    }));
    set(&mut camera, 0, CameraState::On);
    // A reader that ran into its time-out cannot go on: the crate would queue the same buffer twice.
    drop(stream);
    let mut stream = MmapStream::with_buffers(&device, buffer::Type::VideoCapture, 4).unwrap();
    assert!(wait_until(Duration::from_secs(5), || {
        read(&mut stream).is_ok_and(|luma| barcode::read(&luma, 640, 640, 360).is_some())
    }));

    set(&mut camera, 0, CameraState::Unplugged);
    assert!(wait_until(Duration::from_secs(5), || stream.next().is_err_and(|e| e.raw_os_error() == Some(19))));
    assert!(context::enum_devices().is_empty());
    assert_eq!(Device::new(0).err().and_then(|e| e.raw_os_error()), Some(2));
    drop((stream, device));

    set(&mut camera, 0, CameraState::On);
    set(&mut camera, 1, CameraState::On);
    assert_eq!(context::enum_devices().len(), 2);
    let device = Device::with_path("/dev/video1").unwrap();
    let mut stream = MmapStream::with_buffers(&device, buffer::Type::VideoCapture, 2).unwrap();
    assert!(stream.next().is_ok());
}
