/** Where the person is in the window. Kept apart from what the core says: nothing here survives a restart. */
import type { BareJid, CallId } from '../ipc/types';
import type { Spot } from '../lib/floating';
import type { Folder } from './conversations';

export type Section = 'chats' | 'contacts' | 'calls' | 'settings';
export type SettingsPage =
  'account' | 'appearance' | 'notifications' | 'storage' | 'devices' | 'calls' | 'shortcuts' | 'about';

export class View {
  section = $state<Section>('chats');
  conversation = $state<BareJid | null>(null);
  /** Which chats the list shows. */
  folder = $state<Folder>('main');
  contact = $state<BareJid | null>(null);
  record = $state<CallId | null>(null);
  settings = $state<SettingsPage | null>(null);
  /** The call takes the content pane, or floats as a small picture. */
  call = $state<'full' | 'small'>('full');
  /** Where the small picture of a call was moved to. */
  spot = $state.raw<Spot | null>(null);
  /** The same for the own picture in a call. */
  ownSpot = $state.raw<Spot | null>(null);
  /** The far side's picture fills the pane, or is seen whole. */
  fit = $state<'cover' | 'contain'>('cover');
  /** A message to jump to once its conversation is open. */
  target = $state<string | null>(null);
  /** The sign-in screen is in front: an account is being added or has to prove itself again. */
  signIn = $state<{ jid: BareJid } | null>(null);
  /** The dialog for a new contact, with the address it starts with. */
  addContact = $state<{ jid: string } | null>(null);
  newChat = $state(false);
  newGroup = $state(false);
  /** The dialog for entering a group, with the address or link it starts with. */
  joinGroup = $state<string | null>(null);
  /** The group whose members and settings are looked at. */
  groupInfo = $state<BareJid | null>(null);
  /** The chat that is to be exported. */
  exporting = $state<BareJid | null>(null);
  /** Goes up to ask the search field for the focus (Ctrl+K). */
  searchRequests = $state(0);

  /** Whether the narrow window shows the content and not the list. */
  get inContent(): boolean {
    switch (this.section) {
      case 'chats':
        return this.conversation !== null;
      case 'contacts':
        return this.contact !== null;
      case 'calls':
        return this.record !== null;
      case 'settings':
        return this.settings !== null;
    }
  }

  /** Another section; a call that filled the window becomes the small picture. */
  go(section: Section): void {
    this.section = section;
    this.call = 'small';
  }

  /** Nothing lies over the window: neither a dialog nor the sign-in screen. */
  uncover(): void {
    this.signIn = null;
    this.addContact = null;
    this.newChat = false;
    this.newGroup = false;
    this.joinGroup = null;
    this.groupInfo = null;
    this.exporting = null;
  }

  /** From the content back to the list (narrow windows). */
  back(): void {
    switch (this.section) {
      case 'chats':
        this.conversation = null;
        break;
      case 'contacts':
        this.contact = null;
        break;
      case 'calls':
        this.record = null;
        break;
      case 'settings':
        this.settings = null;
        break;
    }
  }

  /** Another account is shown: nothing of the last one stays open. */
  reset(): void {
    this.conversation = null;
    this.folder = 'main';
    this.groupInfo = null;
    this.exporting = null;
    this.joinGroup = null;
    this.contact = null;
    this.record = null;
    this.target = null;
    this.section = 'chats';
  }
}
