/** The small window of a ringing call: its own page, so that it does not wait for the code of the whole app. */
import { mount } from 'svelte';
import './styles/base.css';
import './styles/controls.css';
import type { Transport } from './ipc/transport';
import IncomingScreen from './screens/call/IncomingScreen.svelte';
import { Incoming } from './stores/incoming.svelte';

async function connect(): Promise<Transport> {
  // Only in development: the screen with a core made of data. The branch is not in the product.
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { ringingFromAddress } = await import('./testing/page');
    return ringingFromAddress(location.search);
  }
  const { tauriTransport } = await import('./ipc/tauri');
  return tauriTransport();
}

const incoming = new Incoming(await connect());
const target = document.getElementById('incoming');
if (target === null) throw new Error('incoming.html has no #incoming');
mount(IncomingScreen, { target, props: { incoming } });
await incoming.start();
