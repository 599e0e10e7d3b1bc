//! The picture clock as it stands on a canvas of the page: what the person in front of the window sees, and how old.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Window;
use confab_testkit::barcode::{self, CELLS};
use confab_testkit::error::{Error, Result};

/// Reads the cells of the strip ([`confab_testkit::barcode`]) each time when the canvas counted another picture (`data-frames`), at
/// most every `gap` milliseconds. A canvas with a WebGL context is read through a copy.
const WATCH: &str = r"
const [selector, wanted, gap, limit, acrossCells, downCells, margin, cells] = arguments;
const done = arguments[arguments.length - 1];
const canvas = document.querySelector(selector);
if (canvas === null) return done({ error: 'there is no ' + selector });
const samples = [];
let last = -Infinity;
function rows() {
  const { width, height } = canvas;
  let context = canvas.getContext('2d');
  if (context === null) {
    const copy = Object.assign(document.createElement('canvas'), { width, height });
    context = copy.getContext('2d');
    context.drawImage(canvas, 0, 0);
  }
  const high = Math.min(height, Math.ceil((2 * height) / downCells) + 2);
  const { data } = context.getImageData(0, 0, width, high);
  const at = (cell, row) => {
    const x = Math.floor(((margin + cell + 0.5) * width) / acrossCells);
    const y = Math.floor(((row + 0.5) * height) / downCells);
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const i = ((y + dy) * width + x + dx) * 4;
        sum += 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
      }
    return Math.round(sum / 9);
  };
  return [0, 1].map((row) => Array.from({ length: cells }, (_, cell) => at(cell, row)));
}
function look() {
  const now = performance.now();
  if (now - last < gap || canvas.width < acrossCells * 3 || canvas.height < downCells * 3) return;
  last = now;
  samples.push({ atMs: Date.now(), width: canvas.width, height: canvas.height, rows: rows() });
  if (samples.length >= wanted) finish();
}
const observer = new MutationObserver(look);
const timer = setTimeout(finish, limit);
function finish() {
  observer.disconnect();
  clearTimeout(timer);
  done({ samples });
}
observer.observe(canvas, { attributes: true, attributeFilter: ['data-frames'] });
";

/// One picture that was drawn.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownPicture {
    /// When it was on the canvas, unix time in milliseconds.
    pub at_ms: u64,
    /// From capture to canvas, in milliseconds; `None` without a readable picture clock.
    pub delay_ms: Option<i64>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl ShownPicture {
    /// When it was captured, unix time in milliseconds.
    #[must_use]
    pub fn captured_ms(&self) -> Option<i64> {
        Some(self.at_ms as i64 - self.delay_ms?)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sample {
    at_ms: u64,
    width: u32,
    height: u32,
    rows: [Vec<u8>; 2],
}

impl Sample {
    fn read(self) -> ShownPicture {
        let [upper, lower] = self.rows.map(|row| <[u8; CELLS]>::try_from(row).ok());
        let captured = upper.zip(lower).and_then(|(upper, lower)| barcode::read_cells(&upper, &lower));
        // Both are the low half of the same clock: the difference is small and signed, also across the wrap.
        let delay_ms = captured.map(|captured| i64::from((self.at_ms as u32).wrapping_sub(captured) as i32));
        ShownPicture { at_ms: self.at_ms, delay_ms, width: self.width, height: self.height }
    }
}

impl Window {
    /// Watches a canvas until it has shown `count` pictures, at least `gap` apart, or `limit` is over: then fewer.
    ///
    /// # Errors
    /// There is no such canvas.
    pub fn watch_pictures(
        &self,
        canvas: &str,
        count: usize,
        gap: Duration,
        limit: Duration,
    ) -> Result<Vec<ShownPicture>> {
        let numbers = [gap.as_millis() as u64, limit.as_millis() as u64];
        let [gap, limit] = numbers;
        let (across, down, margin) = (barcode::ACROSS, barcode::DOWN, barcode::MARGIN);
        let arguments =
            [canvas.into(), count.into(), gap.into(), limit.into(), across.into(), down.into(), margin.into()];
        let arguments = [&arguments[..], &[json!(CELLS)]].concat();
        let mut answer = self.run_async(WATCH, &arguments)?;
        if let Some(why) = answer["error"].as_str() {
            return Err(Error::Unexpected(why.to_owned()));
        }
        let samples: Vec<Sample> = serde_json::from_value(answer["samples"].take())
            .map_err(|e| Error::Unexpected(format!("pictures of {canvas}: {e}")))?;
        Ok(samples.into_iter().map(Sample::read).collect())
    }
}
