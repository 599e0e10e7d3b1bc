//! A camera's bytes to I420. Cameras are not trusted: short or broken buffers are errors, and a picture is lost.

use confab_model::Moment;
use nokhwa::utils::FrameFormat;
use yuv::{BufferStoreMut, YuvPackedImage, YuvPlanarImageMut, yuyv422_to_yuv420};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use crate::video::{Picture, PicturePool};

/// Why a picture was lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ConvertError {
    #[error("{got} bytes instead of {wanted}")]
    Short { got: usize, wanted: usize },
    #[error("conversion failed: {0}")]
    Failed(String),
}

/// Keeps the buffers of one capture.
#[derive(Debug, Default)]
pub(super) struct Converter {
    pool: PicturePool,
    decoded: Vec<u8>,
}

impl Converter {
    /// `data` may be longer than the picture: nokhwa hands out the whole buffer of the driver.
    pub(super) fn convert(
        &mut self,
        format: FrameFormat,
        (width, height): (u32, u32),
        data: &[u8],
        captured: Moment,
    ) -> Result<Picture, ConvertError> {
        match format {
            FrameFormat::YUYV => self.unpack_yuyv(width, height, data, captured),
            FrameFormat::NV12 => self.unpack_nv12(width, height, data, captured),
            FrameFormat::MJPEG => self.unpack_mjpeg(data, captured),
            FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => {
                Err(ConvertError::Failed(format!("{format} was not asked for")))
            }
        }
    }

    fn unpack_yuyv(&self, width: u32, height: u32, data: &[u8], captured: Moment) -> Result<Picture, ConvertError> {
        let data = cut(data, width as usize * height as usize * 2)?;
        let mut picture = self.pool.picture(width, height, captured);
        let chroma_stride = picture.chroma_width();
        let (y, u, v) = picture.planes_mut();
        let mut planar = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(y),
            y_stride: width,
            u_plane: BufferStoreMut::Borrowed(u),
            u_stride: chroma_stride,
            v_plane: BufferStoreMut::Borrowed(v),
            v_stride: chroma_stride,
            width,
            height,
        };
        let packed = YuvPackedImage { yuy: data, yuy_stride: width * 2, width, height };
        yuyv422_to_yuv420(&mut planar, &packed).map_err(|error| ConvertError::Failed(error.to_string()))?;
        Ok(picture)
    }

    fn unpack_nv12(&self, width: u32, height: u32, data: &[u8], captured: Moment) -> Result<Picture, ConvertError> {
        let luma = width as usize * height as usize;
        let mut picture = self.pool.picture(width, height, captured);
        let pairs = picture.chroma_width() as usize * picture.chroma_height() as usize;
        let data = cut(data, luma + 2 * pairs)?;
        let (y, u, v) = picture.planes_mut();
        y.copy_from_slice(&data[..luma]);
        for ((pair, u), v) in data[luma..].chunks_exact(2).zip(u).zip(v) {
            (*u, *v) = (pair[0], pair[1]);
        }
        Ok(picture)
    }

    fn unpack_mjpeg(&mut self, data: &[u8], captured: Moment) -> Result<Picture, ConvertError> {
        let failed = |error: zune_jpeg::errors::DecodeErrors| ConvertError::Failed(error.to_string());
        let options = DecoderOptions::new_fast()
            .jpeg_set_out_colorspace(ColorSpace::YCbCr)
            .set_max_width(4_096)
            .set_max_height(4_096);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
        decoder.decode_headers().map_err(failed)?;
        let (width, height) =
            decoder.dimensions().ok_or_else(|| ConvertError::Failed("the JPEG has no size".into()))?;
        let size = decoder.output_buffer_size().unwrap_or(0);
        if size != width * height * 3 || width < 2 || height < 2 {
            return Err(ConvertError::Failed(format!("the JPEG has no colours: {size} bytes")));
        }
        self.decoded.resize(size, 0);
        decoder.decode_into(&mut self.decoded).map_err(failed)?;
        let mut picture = self.pool.picture(width as u32, height as u32, captured);
        from_full_range_444(&self.decoded, width, &mut picture);
        Ok(picture)
    }
}

fn cut(data: &[u8], wanted: usize) -> Result<&[u8], ConvertError> {
    data.get(..wanted).ok_or(ConvertError::Short { got: data.len(), wanted })
}

/// JPEG's full range to the limited range of video: 0..=255 to 16..=235.
fn luma(sample: u8) -> u8 {
    (16 + ((u32::from(sample) * 219 + 127) / 255)) as u8
}

/// ... and 0..=255 around 128 to 16..=240, from the sum of four samples.
fn chroma(sum: u32) -> u8 {
    ((sum * 224 + 510) / 1_020 + 16) as u8
}

fn from_full_range_444(source: &[u8], width: usize, picture: &mut Picture) {
    let chroma_width = picture.chroma_width() as usize;
    let (y, u, v) = picture.planes_mut();
    for (row, out) in source.chunks_exact(3 * width).zip(y.chunks_exact_mut(width)) {
        for (pixel, sample) in row.chunks_exact(3).zip(out) {
            *sample = luma(pixel[0]);
        }
    }
    let chroma_rows = u.chunks_exact_mut(chroma_width).zip(v.chunks_exact_mut(chroma_width));
    for (rows, (u_row, v_row)) in source.chunks(6 * width).zip(chroma_rows) {
        let (upper, lower) = rows.split_at(3 * width);
        // The last row of an odd height stands for itself.
        let lower = if lower.is_empty() { upper } else { lower };
        let quads = upper.chunks(6).zip(lower.chunks(6)).zip(u_row.iter_mut().zip(v_row));
        for ((a, b), (u, v)) in quads {
            let second = if a.len() == 6 { 3 } else { 0 };
            let sum =
                |at: usize| u32::from(a[at]) + u32::from(a[at + second]) + u32::from(b[at]) + u32::from(b[at + second]);
            (*u, *v) = (chroma(sum(1)), chroma(sum(2)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuyv_and_nv12_keep_their_samples() {
        let (width, height) = (64, 32);
        let mut converter = Converter::default();
        let yuyv: Vec<u8> = (0..width * height / 2).flat_map(|_| [50, 90, 200, 170]).chain([9; 100]).collect();
        let picture = converter.convert(FrameFormat::YUYV, (width, height), &yuyv, Moment::default()).unwrap();
        let (y, u, v) = picture.planes();
        assert!(y.chunks_exact(2).all(|pair| pair == [50, 200]));
        assert!(u.iter().all(|&sample| sample == 90) && v.iter().all(|&sample| sample == 170));
        let mut nv12 = vec![77; (width * height) as usize];
        nv12.extend((0..width * height / 4).flat_map(|_| [30, 220]));
        let picture = converter.convert(FrameFormat::NV12, (width, height), &nv12, Moment::default()).unwrap();
        let (y, u, v) = picture.planes();
        assert!(y.iter().all(|&sample| sample == 77));
        assert!(u.iter().all(|&sample| sample == 30) && v.iter().all(|&sample| sample == 220));
    }

    /// 64×32, 4:2:2 as cameras send it: bars of white, red, green, blue.
    const BARS: &[u8] = include_bytes!("../../../../tests/it/video/bars-422.jpg");

    #[test]
    fn a_camera_jpeg_has_the_right_colours_in_the_limited_range() {
        let mut data = BARS.to_vec();
        // What is left of the picture before in the driver's buffer.
        data.extend([0xA5; 300]);
        let picture = Converter::default().convert(FrameFormat::MJPEG, (64, 32), &data, Moment::default()).unwrap();
        assert_eq!((picture.width(), picture.height()), (64, 32));
        let (y, u, v) = picture.planes();
        // BT.601: (luma, blue, red) of the middle of each bar.
        for (bar, wanted) in [(235, 128, 128), (81, 90, 240), (145, 54, 34), (41, 240, 110)].iter().enumerate() {
            let chroma = 8 * 32 + bar * 8 + 4;
            let got = (y[16 * 64 + bar * 16 + 8], u[chroma], v[chroma]);
            let off = [got.0.abs_diff(wanted.0), got.1.abs_diff(wanted.1), got.2.abs_diff(wanted.2)];
            assert!(off.iter().all(|&off| off <= 3), "bar {bar}: {got:?} instead of {wanted:?}");
        }
    }

    #[test]
    fn every_cut_of_a_jpeg_is_an_error_or_a_picture() {
        let mut converter = Converter::default();
        for end in 0..BARS.len() {
            if let Ok(picture) = converter.convert(FrameFormat::MJPEG, (64, 32), &BARS[..end], Moment::default()) {
                assert_eq!((picture.width(), picture.height()), (64, 32));
            }
        }
    }

    #[test]
    fn short_and_broken_buffers_are_errors() {
        let mut converter = Converter::default();
        for format in [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::MJPEG, FrameFormat::GRAY] {
            for data in [&[][..], &[0xFF, 0xD8, 0xFF, 0xD9], &[1; 500]] {
                assert!(converter.convert(format, (64, 32), data, Moment::default()).is_err(), "{format}");
            }
        }
    }

    #[test]
    fn the_full_range_becomes_the_limited_one() {
        assert_eq!([luma(0), luma(255)], [16, 235]);
        assert_eq!([chroma(0), chroma(4 * 128), chroma(4 * 255)], [16, 128, 240]);
    }
}
