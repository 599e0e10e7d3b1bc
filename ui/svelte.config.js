import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/**
 * Lucide's icons put their drawing together at each use, attribute by attribute: ten times the work of the row that they stand
 * in. Here each becomes a component with its drawing as markup.
 */
const drawnIcons = {
  name: 'drawn-icons',
  markup({ content, filename }) {
    if (!/@lucide[\\/]svelte[\\/]dist[\\/]icons[\\/]/u.test(filename ?? '')) return;
    const data = /^const iconData = (\{.*\});?$/mu.exec(content)?.[1];
    if (data === undefined) return;
    const quoted = (value) => String(value).replace(/[&"<{]/gu, (sign) => `&#${sign.codePointAt(0)};`);
    const attributes = (all) => Object.entries(all).map(([name, value]) => ` ${name}="${quoted(value)}"`);
    const { size, node } = JSON.parse(data);
    const drawing = node.map(([tag, all]) => `<${tag}${attributes(all).join('')} />`).join('');
    const code = `<script>
  let { size = 24, strokeWidth = 2, class: more = '', 'aria-hidden': hidden = 'true' } = $props();
</script>
<svg xmlns="http://www.w3.org/2000/svg" width={size} height={size} viewBox="0 0 ${size} ${size}" fill="none"
  stroke="currentColor" stroke-width={strokeWidth} stroke-linecap="round" stroke-linejoin="round" class={more}
  aria-hidden={hidden}>${drawing}</svg>
`;
    return { code };
  },
};

export default {
  preprocess: [drawnIcons, vitePreprocess()],
  compilerOptions: { runes: true },
};
