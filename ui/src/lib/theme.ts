/** Sets the theme on the document, follows the system while asked to, and remembers it for the next first paint. */
import type { Theme } from '../ipc/types';

const DARK = '(prefers-color-scheme: dark)';

export function watchTheme(theme: Theme): () => void {
  const media = matchMedia(DARK);
  const set = () => {
    const dark = theme === 'dark' || (theme === 'system' && media.matches);
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
    // `theme.js` painted a colour for the time before the styles were there.
    document.documentElement.style.removeProperty('background');
  };
  set();
  try {
    localStorage.setItem('confab.theme', theme);
  } catch {
    // Storage may be closed; the next start follows the system until the settings are read.
  }
  media.addEventListener('change', set);
  return () => media.removeEventListener('change', set);
}
