/** What the tests' DOM lacks. */
import { vi } from 'vitest';

if (typeof window !== 'undefined') {
  window.matchMedia ??= vi.fn();
  Element.prototype.animate ??= vi.fn();
}
