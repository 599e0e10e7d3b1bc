/** Mounts a component with a fake core behind it. */
import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { setLanguage } from '../i18n/i18n.svelte';
import { App } from '../stores/app.svelte';
import type { FakeCore } from './fake';
import Harness from './Harness.svelte';
import { sampleCore } from './sample';

// A component's own props are checked where it is used; here any will do.
type AnyComponent = Component<never>;

export async function show(of: AnyComponent, props: Record<string, unknown> = {}, core = sampleCore()) {
  setLanguage('en');
  const app = new App(core);
  await app.start();
  const view = render(Harness, { props: { app, of: of as unknown as Component<Record<string, unknown>>, props } });
  return { app, core, ...view };
}

export const asked = (core: FakeCore, command: string) =>
  core.asked.filter((call) => call.command === command).map((call) => call.args);
