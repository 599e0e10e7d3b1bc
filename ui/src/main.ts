import { mount } from 'svelte';
import AppView from './App.svelte';
import './styles/base.css';
import './styles/controls.css';
import type { Transport } from './ipc/transport';
import { App } from './stores/app.svelte';

async function connect(): Promise<Transport> {
  // Only in development: the screens with a core made of data. The branch is not in the product.
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { fakeFromAddress } = await import('./testing/page');
    return fakeFromAddress(location.search);
  }
  const { tauriTransport } = await import('./ipc/tauri');
  return tauriTransport();
}

const app = new App(await connect());
const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(AppView, { target, props: { app } });
await app.start();
if (import.meta.env.DEV) {
  const { afterStart } = await import('./testing/page');
  afterStart(app, location.search);
}
