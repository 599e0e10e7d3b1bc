import type { FullSettings } from '../../ipc/types';
import type { App } from '../../stores/app.svelte';

/** Saves a change; if the core refuses, the switch goes back and the reason is told. */
export function save(app: App, change: Partial<FullSettings>): void {
  app.saveSettings(change).catch((error: unknown) => app.fail(error));
}
