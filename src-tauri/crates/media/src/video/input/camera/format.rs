//! Which of a camera's formats is taken.

use nokhwa::utils::{CameraFormat, FrameFormat};

use crate::video::CaptureLimit;

/// Below this share of the wanted rate a format is a slide show.
const SMOOTH_PERCENT: u32 = 80;

/// The order of cost: NV12 is copied, YUYV is repacked, MJPEG is decoded (milliseconds at 720p).
fn cost(format: FrameFormat) -> Option<u32> {
    match format {
        FrameFormat::NV12 => Some(0),
        FrameFormat::YUYV => Some(1),
        FrameFormat::MJPEG => Some(2),
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => None,
    }
}

/// Smooth before large, large (up to the limit) before cheap, and no faster than needed. `None` if the camera
/// has no format that can be read.
pub(super) fn choose(offers: &[CameraFormat], limit: CaptureLimit) -> Option<CameraFormat> {
    let usable = offers.iter().filter(|offer| {
        cost(offer.format()).is_some() && offer.width() >= 2 && offer.height() >= 2 && offer.frame_rate() > 0
    });
    usable.copied().max_by_key(|offer| {
        let area = u64::from(offer.width()) * u64::from(offer.height());
        let fits = offer.width() <= limit.width && offer.height() <= limit.height;
        let smooth = offer.frame_rate() * 100 >= limit.fps * SMOOTH_PERCENT;
        // Larger than needed is better than nothing, but every such sample is read and thrown away.
        let size = if fits { i128::from(area) } else { -i128::from(area) };
        let slowness = if smooth { 0 } else { offer.frame_rate() };
        let cheapness = std::cmp::Reverse((cost(offer.format()), offer.frame_rate().abs_diff(limit.fps)));
        (smooth, slowness, fits, size, cheapness)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(width: u32, height: u32, format: FrameFormat, fps: u32) -> CameraFormat {
        CameraFormat::new_from(width, height, format, fps)
    }

    #[test]
    fn usb_cameras_give_large_pictures_smoothly_only_as_mjpeg() {
        let offers = [
            offer(640, 480, FrameFormat::YUYV, 30),
            offer(1280, 720, FrameFormat::YUYV, 10),
            offer(1280, 720, FrameFormat::MJPEG, 30),
            offer(1920, 1080, FrameFormat::MJPEG, 30),
        ];
        let limit = CaptureLimit::default();
        assert_eq!(choose(&offers, limit), Some(offers[2]));
        let small = CaptureLimit { width: 640, height: 480, fps: 30 };
        assert_eq!(choose(&offers, small), Some(offers[0]));
    }

    #[test]
    fn cheap_formats_win_at_the_same_size() {
        let offers = [
            offer(1280, 720, FrameFormat::MJPEG, 30),
            offer(1280, 720, FrameFormat::YUYV, 60),
            offer(1280, 720, FrameFormat::YUYV, 30),
            offer(1280, 720, FrameFormat::NV12, 30),
        ];
        assert_eq!(choose(&offers, CaptureLimit::default()), Some(offers[3]));
        assert_eq!(choose(&offers[..3], CaptureLimit::default()), Some(offers[2]));
    }

    #[test]
    fn unreadable_formats_are_no_choice() {
        assert_eq!(choose(&[offer(640, 480, FrameFormat::GRAY, 30)], CaptureLimit::default()), None);
        assert_eq!(choose(&[], CaptureLimit::default()), None);
        let slow = [offer(640, 480, FrameFormat::YUYV, 15), offer(1280, 720, FrameFormat::YUYV, 5)];
        assert_eq!(choose(&slow, CaptureLimit::default()), Some(slow[0]));
        let large = [offer(3840, 2160, FrameFormat::NV12, 30), offer(1920, 1080, FrameFormat::NV12, 30)];
        assert_eq!(choose(&large, CaptureLimit::default()), Some(large[1]));
    }
}
