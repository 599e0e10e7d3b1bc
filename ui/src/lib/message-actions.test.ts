import { describe, expect, test } from 'vitest';
import { buildMessage } from '../testing/build';
import type { Message } from '../ipc/types';
import { actionsFor } from './message-actions';

const all = () => true;
const message = (change: Partial<Message> = {}) => buildMessage('m', 'bob@x.org', 1, change);
const own = (change: Partial<Message> = {}) =>
  message({ direction: 'outgoing', delivery: { kind: 'sent' }, ...change });

describe('what may be done with a message', () => {
  test('somebody’s text', () =>
    expect(actionsFor(message(), all)).toEqual(['reply', 'react', 'copy', 'forward', 'select', 'delete']));
  test('an own text', () =>
    expect(actionsFor(own(), all)).toEqual([
      'reply',
      'react',
      'edit',
      'copy',
      'forward',
      'info',
      'select',
      'delete',
      'recall',
    ]));
  test('those who lead a group take back what others wrote there', () => {
    expect(actionsFor(message(), all, true).at(-1)).toBe('moderate');
    expect(actionsFor(own(), all, true)).not.toContain('moderate');
    expect(actionsFor(message({ content: { kind: 'recalled' } }), all, true)).not.toContain('moderate');
  });
  test('one that is not out', () => {
    for (const delivery of [{ kind: 'queued' }, { kind: 'failed', why: { kind: 'noUpload' } }] as const)
      expect(actionsFor(own({ delivery }), all)).toEqual(['copy', 'select', 'delete']);
  });
  test('a recalled one, a notice, a call', () => {
    expect(actionsFor(own({ delivery: { kind: 'recalled' }, content: { kind: 'recalled' } }), all)).toEqual([
      'select',
      'delete',
    ]);
    const notice: Message['content'] = { kind: 'notice', notice: { kind: 'dissolved', reason: '' } };
    expect(actionsFor(message({ content: notice }), all)).toEqual([]);
  });
  test('a file that is here, and one that is not', () => {
    const file = (transfer: 'local' | 'remote'): Message['content'] => ({
      kind: 'file',
      caption: '',
      file: {
        kind: { kind: 'file' },
        name: 'a.pdf',
        mediaType: 'application/pdf',
        size: 1,
        thumbnail: null,
        transfer: { kind: transfer },
      },
    });
    expect(actionsFor(message({ content: file('local') }), all)).toEqual([
      'reply',
      'react',
      'forward',
      'open',
      'save',
      'select',
      'delete',
    ]);
    expect(actionsFor(message({ content: file('remote') }), all)).not.toContain('save');
  });
  test('a core that can do nothing of it: copying is the window’s own', () =>
    expect(actionsFor(own(), () => false)).toEqual(['copy']));
});
