/** Mounts a component with a fake core behind it. */
import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { setLanguage } from '../i18n/i18n.svelte';
import { App } from '../stores/app.svelte';
import { ChatView } from '../stores/chat-view.svelte';
import type { FakeCore } from './fake';
import Harness from './Harness.svelte';
import { sampleCore } from './sample';

// A component's own props are checked where it is used; here any will do.
type AnyComponent = Component<never>;

export async function show(
  of: AnyComponent,
  props: Record<string, unknown> = {},
  core = sampleCore(),
  chat = new ChatView(),
) {
  setLanguage('en');
  const app = new App(core);
  await app.start();
  const view = render(Harness, {
    props: { app, chat, of: of as unknown as Component<Record<string, unknown>>, props },
  });
  return { app, chat, core, ...view };
}

export const asked = (core: FakeCore, command: string) =>
  core.asked.filter((call) => call.command === command).map((call) => call.args);
