/**
 * A square cut out of a picture. `x` and `y`: where the middle of the cut lies, 0 to 1 over the way it can go; `zoom`: 1
 * takes the largest square, 2 one half as wide.
 */
export interface Crop {
  x: number;
  y: number;
  zoom: number;
}

export const CLOSEST = 4;
const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

export const middle: Crop = { x: 0.5, y: 0.5, zoom: 1 };

/** The cut in pixels of the picture. */
export function cutOf(
  width: number,
  height: number,
  { x, y, zoom }: Crop,
): { left: number; top: number; side: number } {
  const side = Math.min(width, height) / within(zoom, 1, CLOSEST);
  return { left: (width - side) * within(x, 0, 1), top: (height - side) * within(y, 0, 1), side };
}

/** The cut moved by so many pixels of a view that is `view` pixels wide: the picture goes along with the mouse. */
export function movedCrop(crop: Crop, by: { x: number; y: number }, view: number, width: number, height: number): Crop {
  const { side } = cutOf(width, height, crop);
  const scale = side / view;
  const along = (at: number, way: number, free: number) => (free > 0 ? within(at - (way * scale) / free, 0, 1) : at);
  return { ...crop, x: along(crop.x, by.x, width - side), y: along(crop.y, by.y, height - side) };
}

export const zoomedCrop = (crop: Crop, zoom: number): Crop => ({ ...crop, zoom: within(zoom, 1, CLOSEST) });
