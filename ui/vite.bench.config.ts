// The page of `cargo xtask bench scroll`: the window with a core made of data, built as the product is.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  publicDir: false,
  build: { target: 'safari16.4', modulePreload: { polyfill: false }, rolldownOptions: { input: ['bench.html'] } },
});
