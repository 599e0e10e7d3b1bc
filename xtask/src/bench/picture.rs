//! The picture that both sides send: a Y4M file, so that neither is given an easier one.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Two seconds, over and over.
const FRAMES: u32 = 60;

/// Writes the file: a drifting gradient, a textured block that moves on it, and a line of noise, as a talking head on a
/// quiet background has little motion and some detail.
pub fn write(dir: &Path, width: u32, height: u32) -> Result<PathBuf> {
    let path = dir.join(format!("picture-{width}x{height}.y4m"));
    if path.is_file() {
        return Ok(path);
    }
    std::fs::create_dir_all(dir)?;
    let temporary = path.with_extension("new");
    let mut out = BufWriter::new(File::create(&temporary)?);
    writeln!(out, "YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg")?;
    let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
    for frame in 0..FRAMES {
        writeln!(out, "FRAME")?;
        let luma: Vec<u8> = (0..width * height).map(|at| luma(at % width, at / width, frame, width, height)).collect();
        out.write_all(&luma)?;
        for plane in 0..2u32 {
            let chroma = (0..chroma_width * chroma_height)
                .map(|at| 112 + ((at % chroma_width / 16 + at / chroma_width / 16 + plane * 3) % 32) as u8);
            out.write_all(&chroma.collect::<Vec<u8>>())?;
        }
    }
    out.flush()?;
    std::fs::rename(temporary, &path)?;
    Ok(path)
}

fn luma(x: u32, y: u32, frame: u32, width: u32, height: u32) -> u8 {
    // There and back within the file, so that its end meets its beginning.
    let phase = frame.min(FRAMES - frame);
    let (left, top) = (width / 4 + phase * width / 240, height / 4);
    let inside = (left..left + width / 4).contains(&x) && (top..top + height / 2).contains(&y);
    if inside {
        let texture = (x - left).wrapping_mul(31) ^ (y - top).wrapping_mul(17);
        return 90 + (texture % 64) as u8 + (phase % 8) as u8;
    }
    40 + ((x + y + phase * 2) / 8 % 160) as u8
}
