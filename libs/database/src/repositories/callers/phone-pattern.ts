import { writtenForms } from '@tandem/contracts';

/** A number in E.164, or its beginning and a star. */
export const PHONE_PATTERN = /^\+[1-9](?:\d{6,14}|\d{0,13}\*)$/;

/** Returns the forms in which a pattern may be stored; only a whole number has several. */
export function samePatterns(pattern: string): string[] {
  return pattern.endsWith('*') ? [pattern] : writtenForms(pattern);
}

/**
 * Returns every pattern that matches a number in any of its written forms: the forms themselves, then their
 * beginnings, longest first.
 */
export function patternsOf(e164: string): string[] {
  const [normal, ...others] = writtenForms(e164);
  // A beginning with Argentina's 9 stands for mobiles; a number shown without it need not be one.
  const forms = [normal ?? e164, ...others.filter((form) => !form.startsWith('+549'))];
  const beginnings = forms.flatMap((form) =>
    Array.from({ length: form.length - 1 }, (_, index) => `${form.slice(0, form.length - index)}*`),
  );
  const byLength = [...new Set(beginnings)].sort((one, other) => other.length - one.length);
  return [...writtenForms(e164), ...byLength];
}
