/*
 * Postcodes are compared in capital letters and digits alone: SW1A 1AA, sw1a1aa and SW1A-1AA are one.
 */

/** The longest postcode, with room for a country that lengthens its own. */
export const MAX_CODE = 10;

/** Returns a postcode as it is compared; null where it has no letter or digit, or too many. */
export function normalPostcode(text: string): string | null {
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015.,]/g, '');
  return /^[A-Z0-9]+$/.test(code) && code.length <= MAX_CODE ? code : null;
}

/**
 * Codes of two parts, by country: the whole code, and the length of the first part, from the end where it is
 * negative. The first part names an area of its own (an outward code, a ZIP code, a routing key).
 */
const TWO_PARTS: Readonly<Record<string, { readonly whole: RegExp; readonly first: number }>> = {
  BR: { whole: /^\d{8}$/, first: 5 },
  CA: { whole: /^[A-Z]\d[A-Z]\d[A-Z]\d$/, first: 3 },
  GB: { whole: /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/, first: -3 },
  IE: { whole: /^[A-Z]\d[\dW][A-Z\d]{4}$/, first: 3 },
  NL: { whole: /^\d{4}[A-Z]{2}$/, first: 4 },
  PT: { whole: /^\d{7}$/, first: 4 },
  US: { whole: /^\d{9}$/, first: 5 },
};

/** Returns the first part of a code in each country where it is a whole one of two parts. */
export function areaCodesOf(code: string): Record<string, string> {
  const parts = Object.entries(TWO_PARTS).filter(([, { whole }]) => whole.test(code));
  return Object.fromEntries(parts.map(([country, { first }]) => [country, code.slice(0, first)]));
}

/**
 * Returns the name of a place as it is compared: small letters and digits with single spaces, without
 * accents. Empty where it has none.
 */
export function normalPlace(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['\u2019]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
