/** Times, durations and sizes in the language of the window. */
import { locale, t } from './i18n.svelte';

const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = locale() + JSON.stringify(options);
  let known = formats.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(locale(), options);
    formats.set(key, known);
  }
  return known.format(at);
}

/** Whole days between two times by the calendar of this place. */
function daysBetween(at: number, now: number): number {
  const start = (time: number) => {
    const date = new Date(time);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  };
  return Math.round((start(now) - start(at)) / DAY_MS);
}

const two = (value: number) => String(value).padStart(2, '0');

/** `10:42`: the same in all our languages. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** For lists: the time today, the weekday within a week, else the date. */
export function listTime(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days <= 0) return timeOfDay(at);
  if (days === 1) return t('time.yesterday');
  if (days < 7) return format(at, { weekday: 'short' });
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(
    at,
    sameYear ? { month: 'short', day: 'numeric' } : { year: 'numeric', month: 'numeric', day: 'numeric' },
  );
}

/** For separators: Today, Yesterday, the weekday within a week, else the date. */
export function dayName(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  if (days > 1 && days < 7) return format(at, { weekday: 'long' });
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(at, {
    month: 'long',
    day: 'numeric',
    ...(sameYear ? { weekday: 'long' } : { year: 'numeric' }),
  });
}

/** For tooltips: everything. */
export function fullTime(at: number): string {
  return format(at, { dateStyle: 'full', timeStyle: 'short' });
}

/** A running clock: `12:41`, `1:02:41`. */
export function clockDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A past duration in words: `4 min 12 s`. */
export function wordDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return t('time.hoursMinutes', { hours, minutes });
  if (minutes >= 10 || (minutes > 0 && seconds % 60 === 0)) return t('time.minutes', { minutes });
  if (minutes > 0) return t('time.minutesSeconds', { minutes, seconds: seconds % 60 });
  return t('time.seconds', { seconds });
}

/** `90 ms`, `2.31 s` */
export function shortTime(ms: number): string {
  return ms < 1000 ? t('time.ms', { ms }) : t('time.s', { s: (ms / 1000).toFixed(2) });
}

/** A rate for people: kbit/s below one megabit. */
export function bitRate(kbps: number): string {
  return kbps < 1000 ? `${kbps} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`;
}

/** Tenths of a percent as percent. */
export function permille(value: number): string {
  return `${(value / 10).toFixed(1)} %`;
}

/** Bytes for people: `4.2 MB`, in steps of 1,000. */
export function fileSize(bytes: number): string {
  const say = (value: number) => (value < 10 ? value.toFixed(1).replace('.0', '') : String(Math.round(value)));
  if (bytes < 1000) return t('size.bytes', { n: bytes });
  if (bytes < 999_500) return t('size.kilobytes', { n: Math.round(bytes / 1000) });
  if (bytes < 999_500_000) return t('size.megabytes', { n: say(bytes / 1e6) });
  return t('size.gigabytes', { n: say(bytes / 1e9) });
}
