import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ring } from './ring';

const param = {
  value: 0,
  setValueAtTime: vi.fn(),
  linearRampToValueAtTime: vi.fn(),
  exponentialRampToValueAtTime: vi.fn(),
};
let notes = 0;
let soundBegins: () => void = () => undefined;

/** A web view whose sound begins when the test says so. */
class SlowContext {
  state = 'suspended';
  currentTime = 0;
  destination = {};
  resume = () =>
    new Promise<void>((resolve) => {
      soundBegins = () => {
        this.state = 'running';
        resolve();
      };
    });
  close = () => Promise.resolve();
  createGain = () => ({ gain: param, connect: () => undefined });
  createOscillator = () => ({
    type: '',
    frequency: { value: 0 },
    connect: <T>(next: T) => next,
    start: () => notes++,
    stop: () => undefined,
  });
}

beforeEach(() => {
  notes = 0;
  vi.useFakeTimers();
  vi.stubGlobal('AudioContext', SlowContext);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a tune begins with the sound, comes again each round, and ends', async () => {
  const end = ring('incoming');
  await vi.advanceTimersByTimeAsync(80);
  expect(notes).toBe(0);
  soundBegins();
  await vi.advanceTimersByTimeAsync(0);
  expect(notes).toBe(6);
  await vi.advanceTimersByTimeAsync(3200);
  expect(notes).toBe(12);
  end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(notes).toBe(12);
});

test('a ring that is over before the sound begins is not heard', async () => {
  const end = ring('waiting');
  end();
  soundBegins();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(notes).toBe(0);
});
