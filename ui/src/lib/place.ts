/** Places on earth, for a card and for a map outside. */
import type { Location } from '../ipc/types';

const within = (value: number | null, most: number): value is number =>
  value !== null && Number.isFinite(value) && Math.abs(value) <= most;

/** `53.5436° N, 9.9880° E`; null if it is no place. */
export function coordinates({ latitude, longitude }: Location): string | null {
  if (!within(latitude, 90) || !within(longitude, 180)) return null;
  const degrees = (value: number, plus: string, minus: string) =>
    `${Math.abs(value).toFixed(4)}° ${value < 0 ? minus : plus}`;
  return `${degrees(latitude, 'N', 'S')}, ${degrees(longitude, 'E', 'W')}`;
}

/** OpenStreetMap's page of a place: numbers of ours only, nothing of the text. */
export function mapUrl({ latitude, longitude }: Location): string | null {
  if (!within(latitude, 90) || !within(longitude, 180)) return null;
  const [lat, lon] = [latitude.toFixed(6), longitude.toFixed(6)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=16/${lat}/${lon}`;
}
