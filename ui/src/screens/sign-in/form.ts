/** Values and answers of a server's registration form. Pure. */
import type { FormField, RegistrationForm, RegistrationFormAnswer } from '../../ipc/types';

export type FormValues = Record<string, string[]>;

/** What the fields start with: what the person typed before, else what the server proposes. */
export function firstValues(form: RegistrationForm, before: Readonly<FormValues>): FormValues {
  const values: FormValues = {};
  for (const field of form.fields) {
    const typed = field.picture === null && field.kind !== 'hidden' ? before[field.name] : undefined;
    values[field.name] =
      typed ?? (field.kind === 'boolean' && field.values.length === 0 ? ['false'] : [...field.values]);
  }
  return values;
}

const isAsked = (field: FormField) => field.kind !== 'note' && field.kind !== 'hidden';

/** The first required field without an answer. */
export function missingField(form: RegistrationForm, values: Readonly<FormValues>): string | null {
  const missing = form.fields.find(
    (field) =>
      isAsked(field) &&
      field.required &&
      field.kind !== 'boolean' &&
      !(values[field.name] ?? []).some((value) => value.trim() !== ''),
  );
  return missing?.name ?? null;
}

/** What is sent back: every field except for notes (XEP-0004 §3.2), lines of a multi-line text as single values. */
export function answersOf(form: RegistrationForm, values: Readonly<FormValues>): RegistrationFormAnswer[] {
  return form.fields
    .filter((field) => field.kind !== 'note')
    .map((field) => {
      const given = field.kind === 'hidden' ? field.values : (values[field.name] ?? []);
      const lines = field.kind === 'multiline' ? given.flatMap((value) => value.split('\n')) : given;
      return { name: field.name, values: [...lines] };
    });
}

/** XEP-0004 §3.3 allows `1` and `true`. */
export function isTrue(values: readonly string[]): boolean {
  return values[0] === '1' || values[0] === 'true';
}
