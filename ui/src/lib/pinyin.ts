/**
 * Pinyin initials without a dictionary: ICU's pinyin collation sorts characters by their reading, so the
 * initial of a character is the last boundary character that does not sort after it. Readings with several
 * pronunciations get the most common one.
 */
const BOUNDARIES: readonly [string, string][] = [
  ['a', '阿'],
  ['b', '八'],
  ['c', '嚓'],
  ['d', '哒'],
  ['e', '妸'],
  ['f', '发'],
  ['g', '旮'],
  ['h', '哈'],
  ['j', '讥'],
  ['k', '咔'],
  ['l', '垃'],
  ['m', '痳'],
  ['n', '拏'],
  ['o', '噢'],
  ['p', '妑'],
  ['q', '七'],
  ['r', '呥'],
  ['s', '扨'],
  ['t', '它'],
  ['w', '穵'],
  ['x', '夕'],
  ['y', '丫'],
  ['z', '帀'],
];

/** Surnames whose reading as a name is not the most common one. */
const SURNAMES: Readonly<Record<string, string>> = {
  曾: 'z',
  单: 's',
  解: 'x',
  仇: 'q',
  盖: 'g',
  区: 'o',
  查: 'z',
  翟: 'z',
};

const HAN = /\p{Script=Han}/u;
let collator: Intl.Collator | undefined;

/** The initial of one character in lower case; other characters as they are. */
function initialOf(character: string): string {
  if (!HAN.test(character)) return character.toLowerCase();
  collator ??= new Intl.Collator('zh-CN-u-co-pinyin');
  let initial = '';
  for (const [letter, boundary] of BOUNDARIES) {
    if (collator.compare(boundary, character) > 0) break;
    initial = letter;
  }
  return initial;
}

/** `张三` → `zs`; `Anna 李` → `annal`. */
export function pinyinInitials(name: string): string {
  const characters = [...name];
  return characters
    .map((character, index) => (index === 0 && SURNAMES[character]) || initialOf(character))
    .join('')
    .replace(/\s+/gu, '');
}

/** Whether a person is found by `query`: part of the name, of the address, or initials from the start of the name. */
export function matchesPerson(query: string, name: string, jid: string): boolean {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return true;
  if (name.toLocaleLowerCase().includes(wanted) || jid.toLowerCase().includes(wanted)) return true;
  return HAN.test(name) && pinyinInitials(name).startsWith(wanted.replace(/\s+/gu, ''));
}
