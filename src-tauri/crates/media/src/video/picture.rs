//! Pictures in memory: 8-bit 4:2:0 planes without padding, in buffers that are used again.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use confab_model::{I420Frame, Moment};

use super::clock::rtp_time;

/// Pictures kept for reuse. A capture path has one being filled, one in the slot, one being encoded and one
/// being shrunk for the preview.
const POOL_SIZE: usize = 4;

/// Bytes of an I420 picture: Y (w × h), U and V (⌈w/2⌉ × ⌈h/2⌉).
pub fn i420_size(width: u32, height: u32) -> usize {
    let (w, h) = (width as usize, height as usize);
    w * h + 2 * w.div_ceil(2) * h.div_ceil(2)
}

/// One uncompressed picture, I420, limited range BT.601.
pub struct Picture {
    width: u32,
    height: u32,
    data: Vec<u8>,
    /// When the camera delivered it.
    pub captured: Moment,
    home: Option<Arc<Shelf>>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("captured", &self.captured)
            .finish_non_exhaustive()
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        if let Some(shelf) = self.home.take() {
            shelf.put_back(std::mem::take(&mut self.data));
        }
    }
}

impl Picture {
    /// A black picture outside any pool. Sizes are in pixels and at least 2.
    pub fn new(width: u32, height: u32) -> Self {
        let mut picture =
            Self { width, height, data: vec![16; i420_size(width, height)], captured: Moment::default(), home: None };
        let luma = width as usize * height as usize;
        picture.data[luma..].fill(128);
        picture
    }

    /// Takes the planes of a frame. `None` if the sizes do not fit each other.
    pub fn from_frame(frame: &I420Frame, captured: Moment) -> Option<Self> {
        let fits = frame.width > 0 && frame.height > 0 && frame.data.len() == i420_size(frame.width, frame.height);
        fits.then(|| Self { width: frame.width, height: frame.height, data: frame.data.to_vec(), captured, home: None })
    }

    /// Luma pixels per row.
    pub fn width(&self) -> u32 {
        self.width
    }
    /// Luma rows.
    pub fn height(&self) -> u32 {
        self.height
    }
    /// All planes, Y then U then V.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
    /// All planes, to be written.
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The planes Y, U, V; strides are the width and half of it, rounded up.
    pub fn planes(&self) -> (&[u8], &[u8], &[u8]) {
        let (luma, chroma) = self.plane_sizes();
        let (y, rest) = self.data.split_at(luma);
        let (u, v) = rest.split_at(chroma);
        (y, u, v)
    }

    /// The planes Y, U, V, to be written.
    pub fn planes_mut(&mut self) -> (&mut [u8], &mut [u8], &mut [u8]) {
        let (luma, chroma) = self.plane_sizes();
        let (y, rest) = self.data.split_at_mut(luma);
        let (u, v) = rest.split_at_mut(chroma);
        (y, u, v)
    }

    /// Samples per row of U and V.
    pub fn chroma_width(&self) -> u32 {
        self.width.div_ceil(2)
    }
    /// Rows of U and V.
    pub fn chroma_height(&self) -> u32 {
        self.height.div_ceil(2)
    }

    fn plane_sizes(&self) -> (usize, usize) {
        (self.width as usize * self.height as usize, self.chroma_width() as usize * self.chroma_height() as usize)
    }

    /// The same picture for a window or a file.
    pub fn to_frame(&self) -> I420Frame {
        I420Frame {
            width: self.width,
            height: self.height,
            data: Bytes::copy_from_slice(&self.data),
            timestamp: rtp_time(self.captured.mono),
            rotation: 0,
        }
    }
}

/// Where buffers go back to.
struct Shelf {
    buffers: Mutex<Vec<Vec<u8>>>,
}

impl Shelf {
    fn put_back(&self, buffer: Vec<u8>) {
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        if buffers.len() < POOL_SIZE {
            buffers.push(buffer);
        }
    }
}

/// Lends buffers for pictures and takes them back when the picture is dropped: 720p30 would otherwise ask the
/// system for 41 MB of zeroed pages every second.
#[derive(Clone)]
pub struct PicturePool {
    shelf: Arc<Shelf>,
}

impl fmt::Debug for PicturePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PicturePool").finish_non_exhaustive()
    }
}

impl Default for PicturePool {
    fn default() -> Self {
        Self { shelf: Arc::new(Shelf { buffers: Mutex::new(Vec::new()) }) }
    }
}

impl PicturePool {
    /// A picture with undefined content: the caller writes every sample.
    pub fn picture(&self, width: u32, height: u32, captured: Moment) -> Picture {
        let size = i420_size(width, height);
        let mut data = self.shelf.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        data.resize(size, 0);
        Picture { width, height, data, captured, home: Some(Arc::clone(&self.shelf)) }
    }
}

/// Peak signal-to-noise ratio of two luma planes in dB; infinite for equal ones, `None` for different sizes.
pub fn luma_psnr(left: &Picture, right: &Picture) -> Option<f64> {
    if (left.width, left.height) != (right.width, right.height) {
        return None;
    }
    let (a, b) = (left.planes().0, right.planes().0);
    let squares: u64 = a.iter().zip(b).map(|(&x, &y)| u64::from(x.abs_diff(y)).pow(2)).sum();
    let mean = squares as f64 / a.len() as f64;
    Some(10.0 * (255.0 * 255.0 / mean).log10())
}
