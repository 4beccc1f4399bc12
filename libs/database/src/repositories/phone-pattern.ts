/** A number in E.164, or its beginning and a star. */
export const PHONE_PATTERN = /^\+[1-9](?:\d{6,14}|\d{0,13}\*)$/;

/** Every pattern that fits a number, the number itself first, then from the longest beginning to the shortest. */
export function patternsOf(e164: string): string[] {
  const beginnings = Array.from({ length: e164.length - 1 }, (_, index) => `${e164.slice(0, e164.length - index)}*`);
  return [e164, ...beginnings];
}
