/** Keyboard: shortcuts of the whole window, arrows inside lists, F6 around the regions. */

export type Shortcut = 'jump' | 'quit' | 'answer' | 'decline' | 'mute' | 'camera' | 'nextRegion' | 'previousRegion';

export const isMac = /mac/iu.test(typeof navigator === 'undefined' ? '' : navigator.platform);

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Which shortcut a key press means. Letters go by their place when the layout has no Latin letters. */
export function shortcutOf(event: KeyPress, mac = isMac): Shortcut | null {
  if (event.key === 'F6') return event.shiftKey ? 'previousRegion' : 'nextRegion';
  const command = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!command || event.altKey) return null;
  const letter = /^[a-z]$/iu.test(event.key) ? event.key.toLowerCase() : event.code.replace('Key', '').toLowerCase();
  if (!event.shiftKey) return letter === 'k' ? 'jump' : letter === 'q' ? 'quit' : null;
  switch (letter) {
    case 'a':
      return 'answer';
    case 'd':
      return 'decline';
    case 'm':
      return 'mute';
    case 'v':
      return 'camera';
    default:
      return null;
  }
}

/** How a shortcut is written on this system. */
export function keyLabel(letter: string, shift = false, mac = isMac): string {
  if (mac) return `${shift ? '⇧' : ''}⌘${letter}`;
  return shift ? `Ctrl⇧${letter}` : `Ctrl ${letter}`;
}

/** Whether an input method is still composing: Enter then belongs to it. 229 is what WebKit sends in that case. */
export function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229;
}

/**
 * One tab stop per list: arrows, Home and End move between the elements that match `selector`.
 * Use as `{@attach roving('.row')}`.
 */
export function roving(selector: string, axis: 'vertical' | 'horizontal' | 'both' = 'vertical') {
  return (node: HTMLElement) => {
    const all = () =>
      [...node.querySelectorAll<HTMLElement>(selector)].filter((item) => !item.hasAttribute('disabled'));
    const settle = () => {
      const items = all();
      const current =
        items.find((item) => item === document.activeElement) ??
        items.find((item) => item.matches('[aria-current],[aria-selected="true"],[aria-checked="true"]')) ??
        items[0];
      for (const item of items) {
        const index = item === current ? 0 : -1;
        if (item.getAttribute('tabindex') !== String(index)) item.tabIndex = index;
      }
    };
    const onKeydown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      const items = all();
      const index = items.findIndex((item) => item === document.activeElement);
      if (index < 0) return;
      const rtl = getComputedStyle(node).direction === 'rtl';
      const forward = rtl ? 'ArrowLeft' : 'ArrowRight';
      const backward = rtl ? 'ArrowRight' : 'ArrowLeft';
      let next: number;
      if (event.key === 'Home') next = 0;
      else if (event.key === 'End') next = items.length - 1;
      else if ((event.key === 'ArrowDown' && axis !== 'horizontal') || (event.key === forward && axis !== 'vertical'))
        next = Math.min(index + 1, items.length - 1);
      else if ((event.key === 'ArrowUp' && axis !== 'horizontal') || (event.key === backward && axis !== 'vertical'))
        next = Math.max(index - 1, 0);
      else return;
      event.preventDefault();
      items[next]?.focus();
    };
    const observer = new MutationObserver(settle);
    observer.observe(node, {
      childList: true,
      subtree: true,
      attributeFilter: ['aria-current', 'aria-selected', 'disabled'],
    });
    node.addEventListener('keydown', onKeydown);
    node.addEventListener('focusin', settle);
    settle();
    return () => {
      observer.disconnect();
      node.removeEventListener('keydown', onKeydown);
      node.removeEventListener('focusin', settle);
    };
  };
}

/** Moves the focus to the next visible `[data-region]`, in document order. */
export function moveRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((r) => r.offsetParent !== null);
  if (regions.length === 0) return;
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(current + step + regions.length) % regions.length];
  const target = next?.querySelector<HTMLElement>(
    '[data-region-focus], [aria-current][tabindex="0"], [tabindex="0"], button:not([tabindex="-1"]):not(:disabled), textarea, input',
  );
  target?.focus();
}
