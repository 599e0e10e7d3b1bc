// The picture clock of `confab-testkit` (`barcode.rs`): 36 cells across, guard W B, 32 bits, guard B W; a second row
// inverted. The value is the low half of the unix time in milliseconds.

const ACROSS = 40;
const DOWN = 12;
const MARGIN = 2;
const CELLS = 36;
const WHITE = "rgb(255 255 255)";
const BLACK = "rgb(0 0 0)";

export const now = () => Date.now() % 2 ** 32;

function cells(value) {
  const bits = Array.from({ length: 32 }, (_, bit) => (value >>> (31 - bit)) & 1);
  return [1, 0, ...bits, 0, 1];
}

export function draw(context, width, height, value) {
  const [cellWidth, cellHeight] = [Math.floor(width / ACROSS), Math.floor(height / DOWN)];
  cells(value).forEach((white, index) => {
    for (const row of [0, 1]) {
      context.fillStyle = white === 1 - row ? WHITE : BLACK;
      context.fillRect((MARGIN + index) * cellWidth, row * cellHeight, cellWidth, cellHeight);
    }
  });
}

/** The value of a strip, or `null`: none, or one too damaged to trust. `data` is RGBA of the top of a picture. */
export function read({ data, width }, height) {
  const isWhite = (cell, row) => {
    const x = Math.floor(((MARGIN + cell + 0.5) * width) / ACROSS);
    const y = Math.floor(((row + 0.5) * height) / DOWN);
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) sum += data[((y + dy) * width + x + dx) * 4 + 1];
    }
    return sum / 9 >= 128;
  };
  let value = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    const white = isWhite(cell, 0);
    if (isWhite(cell, 1) === white) return null;
    if ((cell === 0 || cell === 35) && !white) return null;
    if ((cell === 1 || cell === 34) && white) return null;
    if (cell >= 2 && cell < 34) value = value * 2 + (white ? 1 : 0);
  }
  return value;
}

/** How long ago the picture was taken, in milliseconds. */
export function age(value) {
  return (now() - value + 2 ** 32) % 2 ** 32;
}

/** A camera: a moving pattern under the picture clock. */
export class Camera {
  constructor(width, height, framesPerSecond) {
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.frame = 0;
    this.timer = setInterval(() => this.paint(), 1000 / framesPerSecond);
    this.paint();
    this.track = this.canvas.captureStream(framesPerSecond).getVideoTracks()[0];
  }

  paint() {
    const { width, height } = this.canvas;
    this.frame++;
    this.context.fillStyle = `hsl(${this.frame % 360} 60% 40%)`;
    this.context.fillRect(0, 0, width, height);
    this.context.fillStyle = "white";
    this.context.fillRect((this.frame * 4) % width, height / 2, width / 10, height / 10);
    draw(this.context, width, height, now());
  }

  stop() {
    clearInterval(this.timer);
    this.track.stop();
  }
}

/** Reads every picture that a video element presents. */
export class Watcher {
  constructor(video) {
    this.video = video;
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.seen = { pictures: 0, readable: 0, ageMs: null, bestAgeMs: null, width: 0, height: 0 };
    this.next();
  }

  next() {
    this.video.requestVideoFrameCallback(() => {
      this.look();
      this.next();
    });
  }

  look() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const strip = Math.ceil((height * 2) / DOWN) + 2;
    if (!width || !height) return;
    if (this.canvas.width !== width || this.canvas.height !== strip) Object.assign(this.canvas, { width, height: strip });
    this.context.drawImage(this.video, 0, 0, width, height);
    const value = read(this.context.getImageData(0, 0, width, strip), height);
    Object.assign(this.seen, { pictures: this.seen.pictures + 1, width, height });
    if (value === null) return;
    this.seen.readable++;
    this.seen.ageMs = age(value);
    this.seen.bestAgeMs = Math.min(this.seen.bestAgeMs ?? Infinity, this.seen.ageMs);
  }
}
