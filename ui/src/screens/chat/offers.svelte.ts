/** Files that are about to be sent: chosen, pasted or dropped. They are shown before anything happens to them. */
import type { PickedFile } from '../../ipc/messenger';
import type { App } from '../../stores/app.svelte';

export class Offers {
  files = $state.raw<readonly (File | PickedFile)[]>([]);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  offer(files: readonly (File | PickedFile)[]): void {
    if (files.length > 0) this.files = files;
  }

  /** Sent or not: what was kept for it and is not sent goes. The core knows which that is. */
  settle(): void {
    const app = this.#app;
    for (const file of this.files)
      if (!(file instanceof File) && app.can('discardFile')) void app.messenger.discardFile(file.path);
    this.files = [];
  }

  async pick(): Promise<void> {
    this.offer((await this.#app.run(this.#app.messenger.pickFiles())) ?? []);
  }

  /** Takes what is no text; the rest stays the field's. */
  paste(event: ClipboardEvent): void {
    const app = this.#app;
    if (!app.can('keepFile')) return;
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length > 0) {
      event.preventDefault();
      this.offer(pasted);
    } else if (app.can('pasteFiles') && copiesFiles(event.clipboardData)) {
      event.preventDefault();
      void this.#pasteHidden();
    } else if (app.can('pasteFiles') && !hasWords(event.clipboardData)) {
      // The list of types does not tell: words of some programs are in none of them. If the field takes nothing, there are none.
      const { target } = event;
      const before = target instanceof HTMLTextAreaElement ? target.value : '';
      setTimeout(() => {
        if (target instanceof HTMLTextAreaElement && target.value === before) void this.#pasteHidden();
      });
    }
  }

  async #pasteHidden(): Promise<void> {
    this.offer((await this.#app.run(this.#app.messenger.pasteFiles())) ?? []);
  }
}

/** WebKitGTK does not give copied files and pictures to pages. Files it names: as addresses that pages may not read. */
const copiesFiles = (data: DataTransfer | null): boolean =>
  data?.types.includes('text/uri-list') === true && !/^https?:/iu.test(data.getData('text/uri-list'));

const hasWords = (data: DataTransfer | null): boolean => data?.types.includes('text/plain') === true;
