/**
 * Where a small picture floats over its pane: a share of the free way in each direction, so that it stays inside
 * whatever becomes of the pane's size.
 */

/** 0: at the left or upper edge; 1: at the right or lower one. */
export interface Spot {
  x: number;
  y: number;
}

/** Pixels. */
export interface Way {
  x: number;
  y: number;
}

const within = (share: number) => Math.min(1, Math.max(0, share));

/** A spot moved by some pixels; `free` is how far it can go in all. */
export function moved(spot: Spot, by: Way, free: Way): Spot {
  const along = (axis: 'x' | 'y') => (free[axis] > 0 ? within(spot[axis] + by[axis] / free[axis]) : spot[axis]);
  return { x: along('x'), y: along('y') };
}

/** The way that an arrow key means; with Shift it is a long one. */
export function wayOf(event: Pick<KeyboardEvent, 'key' | 'shiftKey'>): Way | null {
  const step = event.shiftKey ? 96 : 24;
  switch (event.key) {
    case 'ArrowLeft':
      return { x: -step, y: 0 };
    case 'ArrowRight':
      return { x: step, y: 0 };
    case 'ArrowUp':
      return { x: 0, y: -step };
    case 'ArrowDown':
      return { x: 0, y: step };
    default:
      return null;
  }
}

/** Pixels between the picture and the edges of its pane; its styles say the same. */
const MARGIN = 12;
/** A press that moves less is a press. */
const SLACK_PX = 4;

/**
 * Makes an element that is positioned absolutely movable: by dragging it anywhere, and by arrows while the focus is on
 * `handle`. It reads and writes the spot; null is where its own styles put it.
 */
export function floating(handle: string, spot: () => Spot | null, put: (spot: Spot) => void) {
  return (node: HTMLElement) => {
    let pressed: { at: Way; from: Spot; free: Way } | null = null;
    let dragged = false;

    /** Where it is and how far it can go: the used insets on both sides, whichever of them is set. */
    function measure(): { from: Spot; free: Way } {
      const style = getComputedStyle(node);
      const px = (value: string) => Number.parseFloat(value) || 0;
      const free = {
        x: px(style.left) + px(style.right) - 2 * MARGIN,
        y: px(style.top) + px(style.bottom) - 2 * MARGIN,
      };
      const share = (offset: number, way: number) => (way > 0 ? within((offset - MARGIN) / way) : 0);
      return { from: spot() ?? { x: share(px(style.left), free.x), y: share(px(style.top), free.y) }, free };
    }

    function onpointerdown(event: PointerEvent) {
      dragged = false;
      if (event.button !== 0) return;
      pressed = { at: { x: event.clientX, y: event.clientY }, ...measure() };
    }
    function onpointermove(event: PointerEvent) {
      // Released where this element did not hear of it: outside, before the drag had begun.
      if ((event.buttons & 1) === 0) pressed = null;
      if (pressed === null) return;
      const by = { x: event.clientX - pressed.at.x, y: event.clientY - pressed.at.y };
      if (!dragged && Math.hypot(by.x, by.y) < SLACK_PX) return;
      if (!dragged) {
        dragged = true;
        // Only now: a captured press would click the picture and not the button in it.
        node.setPointerCapture(event.pointerId);
      }
      put(moved(pressed.from, by, pressed.free));
    }
    function onpointerup() {
      pressed = null;
    }
    /** The end of a drag is no press. */
    function onclick(event: MouseEvent) {
      if (!dragged) return;
      dragged = false;
      event.stopPropagation();
      event.preventDefault();
    }
    function onkeydown(event: KeyboardEvent) {
      const way = wayOf(event);
      if (way === null || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!(event.target instanceof Element) || event.target.closest(handle) === null) return;
      const { from, free } = measure();
      put(moved(from, way, free));
      event.preventDefault();
    }

    const listeners = { pointerdown: onpointerdown, pointermove: onpointermove, keydown: onkeydown } as const;
    for (const [name, listener] of Object.entries(listeners)) node.addEventListener(name, listener as EventListener);
    for (const end of ['pointerup', 'pointercancel']) node.addEventListener(end, onpointerup);
    node.addEventListener('click', onclick, true);
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        node.removeEventListener(name, listener as EventListener);
      for (const end of ['pointerup', 'pointercancel']) node.removeEventListener(end, onpointerup);
      node.removeEventListener('click', onclick, true);
    };
  };
}
