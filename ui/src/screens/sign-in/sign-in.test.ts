import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../testing/wait';
import { emptyData, FakeCore } from '../../testing/fake';
import { asked, show } from '../../testing/render';
import { sampleData } from '../../testing/sample';
import { explain, explainFailure } from './errors';
import { answersOf, firstValues, missingField } from './form';
import { typedServer } from './server';
import SignInScreen from './SignInScreen.svelte';

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });
const press = (id: string) => fireEvent.click(screen.getByTestId(id));

describe('signing in', () => {
  test('an address that is none is not sent; a wrong password is told at its field', async () => {
    const { core } = await show(SignInScreen, {}, new FakeCore());
    await type('sign-in-jid', 'bob');
    await type('sign-in-password', 'wrong');
    await press('sign-in-submit');
    expect(screen.getByTestId('sign-in-error').textContent).toContain('name@server.org');
    expect(asked(core, 'signIn')).toEqual([]);
    await type('sign-in-jid', 'bob@example.org');
    await press('sign-in-submit');
    await waitFor(() =>
      expect(screen.getByTestId('sign-in-error').textContent).toContain('does not accept this password'),
    );
    expect(document.activeElement).toBe(screen.getByTestId('sign-in-password'));
  });

  test('a server typed by hand goes along', async () => {
    const { core, app } = await show(SignInScreen, {}, new FakeCore());
    await press('server-address-toggle');
    await type('sign-in-jid', 'bob@example.org');
    await type('sign-in-password', 'secret');
    await type('server-host', '127.0.0.1');
    await type('server-port', '15222');
    await press('sign-in-submit');
    await waitFor(() => expect(app.account?.jid).toBe('bob@example.org'));
    expect(asked(core, 'signIn')).toEqual([
      ['bob@example.org', 'secret', { host: '127.0.0.1', port: 15222, directTls: false }, true],
    ]);
    expect(app.view.signIn).toBeNull();
  });

  test('trying it here is for development builds only', async () => {
    await show(SignInScreen, {}, new FakeCore({ ...emptyData(), development: false }));
    expect(screen.queryByTestId('try-here')).toBeNull();
  });
});

test('registration: the server’s own form is asked, checked and sent back', async () => {
  const data = { ...sampleData(false, Date.now()), accounts: [] };
  const { core, app } = await show(SignInScreen, {}, new FakeCore(data));
  await press('create-account');
  await fireEvent.click(screen.getAllByTestId('server-option').at(-1) as HTMLElement);
  await type('server-domain', 'example.org');
  await press('server-continue');
  await waitFor(() => screen.getByTestId('field-username'));
  expect(screen.getByTestId('captcha')).toBeTruthy();
  await type('field-username', 'bob');
  await press('register-submit');
  expect(screen.getByTestId('register-error').textContent).toContain('fill in');
  await type('field-password', 'secret');
  await type('field-ocr', 'AGN3K');
  await press('field-rules');
  await press('register-submit');
  await waitFor(() => expect(app.account?.jid).toBe('bob@example.org'));
  expect(asked(core, 'register')[0]?.[2]).toEqual([
    { name: 'FORM_TYPE', values: ['jabber:iq:register'] },
    { name: 'username', values: ['bob'] },
    { name: 'password', values: ['secret'] },
    { name: 'ocr', values: ['AGN3K'] },
    { name: 'region', values: ['eu'] },
    { name: 'rules', values: ['true'] },
  ]);
  await tick();
});

test('registration: a number and the code that was sent to it', async () => {
  const data = { ...sampleData(false, Date.now()), accounts: [] };
  const text = { kind: 'text' as const, help: '', required: true, values: [], options: [], picture: null };
  data.form = {
    domain: 'example.org',
    title: 'Join',
    instructions: 'We send a code to your phone.',
    webPage: null,
    fields: [
      { ...text, name: 'username', label: 'User' },
      { ...text, name: 'password', label: 'Password', kind: 'password' },
      { ...text, name: 'phone', label: 'Phone', values: ['+49'] },
      { ...text, name: 'code', label: 'Code', help: 'Six digits' },
    ],
  };
  const { core, app } = await show(SignInScreen, {}, new FakeCore(data));
  await press('create-account');
  await fireEvent.click(screen.getAllByTestId('server-option').at(-1) as HTMLElement);
  await type('server-domain', 'example.org');
  await press('server-continue');
  await waitFor(() => screen.getByTestId('field-code'));
  expect(screen.getByText('We send a code to your phone.')).toBeTruthy();
  expect(screen.getByText('Six digits')).toBeTruthy();
  expect(screen.getByTestId<HTMLInputElement>('field-phone').value).toBe('+49');
  await type('field-username', 'bob');
  await type('field-password', 'secret');
  await type('field-phone', '+49 151');
  await press('register-submit');
  expect(screen.getByTestId('register-error').textContent).toContain('fill in');
  await type('field-code', '123456');
  await press('register-submit');
  await waitFor(() => expect(app.account?.jid).toBe('bob@example.org'));
  expect(asked(core, 'register')[0]?.[2]).toEqual([
    { name: 'username', values: ['bob'] },
    { name: 'password', values: ['secret'] },
    { name: 'phone', values: ['+49 151'] },
    { name: 'code', values: ['123456'] },
  ]);
});

describe('forms', () => {
  const field = (name: string, kind: 'text' | 'boolean' | 'multiline' | 'note' | 'hidden', change = {}) => ({
    name,
    kind,
    label: '',
    help: '',
    required: true,
    values: [],
    options: [],
    picture: null,
    ...change,
  });
  const form = {
    domain: 'x.org',
    title: '',
    instructions: '',
    webPage: null,
    fields: [
      field('note', 'note', { values: ['hi'] }),
      field('name', 'text'),
      field('bio', 'multiline'),
      field('ok', 'boolean'),
      field('ocr', 'text', { picture: 'data:,' }),
      field('key', 'hidden', { values: ['1'] }),
    ],
  };
  test('a new form keeps what was typed, except for the picture’s answer and hidden values', () => {
    const values = firstValues(form, { name: ['bob'], ocr: ['old'], key: ['forged'] });
    expect(values).toEqual({ note: ['hi'], name: ['bob'], bio: [], ok: ['false'], ocr: [], key: ['1'] });
    expect(missingField(form, values)).toBe('bio');
    expect(answersOf(form, { ...values, bio: ['a\nb'] }).map((answer) => [answer.name, answer.values])).toEqual([
      ['name', ['bob']],
      ['bio', ['a', 'b']],
      ['ok', ['false']],
      ['ocr', []],
      ['key', ['1']],
    ]);
  });
});

test('every failure has words of its own, with the server’s beside them', () => {
  const codes = [
    'unreachable',
    'unknownServer',
    'certificate',
    'noEncryption',
    'wrongPassword',
    'notRemembered',
    'accountDisabled',
    'noMechanism',
    'replaced',
    'serverClosed',
    'protocol',
  ];
  const texts = codes.map((code) => explain({ code, message: 'raw', detail: 'd' }, 'x.org').text);
  expect(new Set(texts).size).toBe(codes.length);
  for (const text of texts) expect(text).not.toContain('raw');
  expect(explain({ code: 'surprise', message: 'raw', detail: null }, 'x.org').text).toContain('raw');
  expect(explainFailure({ kind: 'certificate', reason: 'expired' }, 'x.org').detail).toBe('expired');
  expect(explainFailure({ kind: 'unknownServer', domain: 'y.org' }, 'x.org').text).toContain('y.org');
});

test.each([
  [{ host: '', port: '', directTls: false }, null],
  [
    { host: 'h', port: '', directTls: false },
    { host: 'h', port: 5222, directTls: false },
  ],
  [
    { host: 'h', port: '', directTls: true },
    { host: 'h', port: 5223, directTls: true },
  ],
  [{ host: 'h', port: '70000', directTls: false }, 'invalid'],
  [{ host: 'a b', port: '1', directTls: false }, 'invalid'],
  [{ host: '', port: '5222', directTls: false }, 'invalid'],
])('server %j', (typed, expected) => expect(typedServer(typed)).toEqual(expected));
