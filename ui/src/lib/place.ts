/** Places on earth: read from what people paste, written for a card and for a map outside. Nothing is ever looked up. */
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

const NUMBER = String.raw`[-+]?\d{1,3}(?:\.\d{1,15})?`;
const PAIR = new RegExp(String.raw`^\s*(${NUMBER})\s*(?:,|\s)\s*(${NUMBER})\s*$`, 'u');
/** Longer than any link to a map. */
const LONGEST = 4000;

function place(latitude: number, longitude: number, address = ''): Location | null {
  if (!within(latitude, 90) || !within(longitude, 180)) return null;
  return { latitude, longitude, address: address.trim() };
}

function ofPair(text: string | null | undefined, address = ''): Location | null {
  const pair = PAIR.exec(text ?? '');
  return pair === null ? null : place(Number(pair[1]), Number(pair[2]), address);
}

const ANGLE = String.raw`(\d{1,3}(?:[.,]\d+)?)\s*[°º]?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|”|''))?)?`;
const SIDE = '([NSEWnsew])';
/** The letters behind the numbers, or before them. */
const SIDED = [
  { form: new RegExp(String.raw`^\s*${ANGLE}\s*${SIDE}\s*[,;\s]\s*${ANGLE}\s*${SIDE}\s*$`, 'u'), mark: 3, angle: 0 },
  { form: new RegExp(String.raw`^\s*${SIDE}\s*${ANGLE}\s*[,;\s]\s*${SIDE}\s*${ANGLE}\s*$`, 'u'), mark: 0, angle: 1 },
] as const;

/** `52.5, 13.4`, `52,5 13,4`, `52°31'12.0"N 13°24'17"E`, `S 53.5 W 9.9` */
function ofText(text: string): Location | null {
  const plain = ofPair(text) ?? ofPair(text.replaceAll(',', '.'));
  if (plain !== null) return plain;
  for (const { form, mark, angle } of SIDED) {
    const parts = form.exec(text)?.slice(1);
    if (parts === undefined) continue;
    const number = (part: string | undefined) => Number((part ?? '0').replace(',', '.'));
    const read = (from: number) => {
      const [degrees, minutes, seconds] = parts.slice(from + angle, from + angle + 3);
      const value = number(degrees) + number(minutes) / 60 + number(seconds) / 3600;
      const side = parts[from + mark]?.toUpperCase() ?? '';
      return { upright: side === 'N' || side === 'S', value: side === 'S' || side === 'W' ? -value : value };
    };
    const [one, other] = [read(0), read(4)];
    if (one.upright === other.upright) return null;
    return one.upright ? place(one.value, other.value) : place(other.value, one.value);
  }
  return null;
}

/** `geo:52.5,13.4;u=30`, and Android's `geo:0,0?q=52.5,13.4(Label)` (RFC 5870). */
function ofGeo(text: string): Location | null {
  const [path = '', query = ''] = text.slice('geo:'.length).split('?', 2);
  const asked = /^([^(]*)(?:\((.*)\))?$/su.exec(new URLSearchParams(query).get('q') ?? '');
  const label = asked?.[2] ?? '';
  const [latitude, longitude] = (path.split(';')[0] ?? '').split(',');
  return ofPair(asked?.[1], label) ?? ofPair(`${latitude ?? ''},${longitude ?? ''}`, label);
}

/** OpenStreetMap, Google, Apple, Bing, and whoever writes their links like one of them. */
function ofLink(text: string): Location | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const { searchParams: query } = url;
  const name = /\/maps\/place\/([^/@]+)/u.exec(url.pathname)?.[1];
  let label = query.get('name') ?? '';
  try {
    label ||= decodeURIComponent((name ?? '').replaceAll('+', ' '));
  } catch {
    // Half a character: no name.
  }
  if (PAIR.test(label)) label = '';
  const marked = ofPair(`${query.get('mlat') ?? ''},${query.get('mlon') ?? ''}`, label);
  // Google: the place itself, not the middle of the map.
  const pin = new RegExp(`!3d(${NUMBER})!4d(${NUMBER})`, 'u').exec(url.href);
  if (marked !== null) return marked;
  if (pin !== null) return place(Number(pin[1]), Number(pin[2]), label);
  for (const key of ['q', 'query', 'll', 'coordinate', 'destination', 'center', 'sll']) {
    const found = ofPair(query.get(key)?.replace(/^loc:/u, ''), label);
    if (found !== null) return found;
  }
  const bing = ofPair(query.get('cp')?.replace('~', ','), label);
  const at = new RegExp(`/@(${NUMBER}),(${NUMBER})`, 'u').exec(url.pathname);
  const map = new RegExp(`#map=[\\d.]+/(${NUMBER})/(${NUMBER})`, 'u').exec(url.hash);
  const middle = at ?? map;
  return bing ?? (middle === null ? null : place(Number(middle[1]), Number(middle[2]), label));
}

/** The place that a text names by its coordinates: typed, `geo:` or a link to a map. Null: it names none. */
export function parsePlace(text: string): Location | null {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LONGEST) return null;
  if (/^geo:/iu.test(trimmed)) return ofGeo(trimmed);
  const link = /https?:\/\/\S+/iu.exec(trimmed);
  return link === null ? ofText(trimmed) : ofLink(link[0]);
}
