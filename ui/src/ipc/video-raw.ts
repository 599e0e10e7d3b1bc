/** Draws raw I420 pictures (BT.601, limited range): by WebGL, or without it by arithmetic. */
import type { Picture } from './video-frame';

export interface RawPainter {
  draw(picture: Picture): void;
}

/** A painter for this canvas. A canvas that already has a 2D context keeps it. */
export function rawPainter(canvas: HTMLCanvasElement): RawPainter {
  const gl = canvas.getContext('webgl', { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: false });
  return (gl && glPainter(canvas, gl)) ?? plainPainter(canvas);
}

const VERTEX = `
attribute vec2 corner;
uniform mat2 turn;
varying vec2 at;
void main() {
  gl_Position = vec4(corner, 0.0, 1.0);
  at = turn * (corner * vec2(0.5, -0.5)) + 0.5;
}`;

const FRAGMENT = `
precision mediump float;
varying vec2 at;
uniform sampler2D y, u, v;
void main() {
  float l = 1.1643 * (texture2D(y, at).r - 0.0627);
  float cb = texture2D(u, at).r - 0.5;
  float cr = texture2D(v, at).r - 0.5;
  gl_FragColor = vec4(l + 1.5958 * cr, l - 0.39173 * cb - 0.81290 * cr, l + 2.017 * cb, 1.0);
}`;

/** From the place on screen to the place in the picture, column by column. */
const TURNS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 0, 0, 1],
  90: [0, -1, 1, 0],
  180: [-1, 0, 0, -1],
  270: [0, 1, -1, 0],
};

function glPainter(canvas: HTMLCanvasElement, gl: WebGLRenderingContext): RawPainter | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, 'corner');
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  // Rows have no padding, whatever their width.
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const turn = gl.getUniformLocation(program, 'turn');
  ['y', 'u', 'v'].forEach((name, unit) => {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    gl.uniform1i(gl.getUniformLocation(program, name), unit);
  });

  return {
    draw(picture) {
      sizeCanvas(canvas, picture);
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.uniformMatrix2fv(turn, false, new Float32Array(TURNS[picture.rotation] ?? [1, 0, 0, 1]));
      planesOf(picture).forEach(({ width, height, data }, unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.LUMINANCE, width, height, 0, gl.LUMINANCE, gl.UNSIGNED_BYTE, data);
      });
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
  };
}

function plainPainter(canvas: HTMLCanvasElement): RawPainter {
  const context = canvas.getContext('2d');
  return {
    draw(picture) {
      const { width, height, pixels } = toRgba(picture);
      sizeCanvas(canvas, { width, height, rotation: 0 });
      context?.putImageData(new ImageData(pixels, width, height), 0, 0);
    },
  };
}

/** Gives the canvas the size of the upright picture. */
export function sizeCanvas(canvas: HTMLCanvasElement, picture: Pick<Picture, 'width' | 'height' | 'rotation'>): void {
  const lying = picture.rotation % 180 !== 0;
  const width = lying ? picture.height : picture.width;
  const height = lying ? picture.width : picture.height;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function planesOf({ width, height, data }: Picture) {
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  const chroma = halfWidth * halfHeight;
  const luma = width * height;
  return [
    { width, height, data: data.subarray(0, luma) },
    { width: halfWidth, height: halfHeight, data: data.subarray(luma, luma + chroma) },
    { width: halfWidth, height: halfHeight, data: data.subarray(luma + chroma) },
  ] as const;
}

/** The upright picture as RGBA. */
export function toRgba(picture: Picture): { width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> } {
  const [y, u, v] = planesOf(picture);
  const lying = picture.rotation % 180 !== 0;
  const width = lying ? picture.height : picture.width;
  const height = lying ? picture.width : picture.height;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, line] = sourceOf(picture, column, row);
      const chroma = (line >> 1) * u.width + (x >> 1);
      const l = 1.1643 * ((y.data[line * y.width + x] ?? 16) - 16);
      const cb = (u.data[chroma] ?? 128) - 128;
      const cr = (v.data[chroma] ?? 128) - 128;
      const at = (row * width + column) * 4;
      pixels[at] = l + 1.5958 * cr;
      pixels[at + 1] = l - 0.39173 * cb - 0.8129 * cr;
      pixels[at + 2] = l + 2.017 * cb;
      pixels[at + 3] = 255;
    }
  }
  return { width, height, pixels };
}

/** Which pixel of the picture is seen at a place of the upright one. */
function sourceOf({ width, height, rotation }: Picture, column: number, row: number): [number, number] {
  switch (rotation) {
    case 90:
      return [row, height - 1 - column];
    case 180:
      return [width - 1 - column, height - 1 - row];
    case 270:
      return [width - 1 - row, column];
    default:
      return [column, row];
  }
}
