/**
 * Whether the person is at this window. The focus alone does not tell: without a window manager (kiosks, tests) a
 * window never gets it, but a press in it is proof enough until it is left.
 */
class Attention {
  #here = $state(typeof document !== 'undefined' && document.hasFocus());

  constructor() {
    if (typeof window === 'undefined') return;
    const came = () => (this.#here = true);
    for (const sign of ['focus', 'pointerdown', 'keydown']) window.addEventListener(sign, came, true);
    // Bubbles from nowhere: only the window's own `blur` arrives here.
    window.addEventListener('blur', () => (this.#here = false));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.#here = false;
    });
  }

  get here(): boolean {
    return this.#here;
  }
}

export const attention = new Attention();
