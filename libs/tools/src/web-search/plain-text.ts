const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Returns text of a page without mark-up, control characters and invisible characters, cut after a word. */
export function plainText(text: string, most: number): string {
  const plain = text
    .slice(0, most * 8)
    .replace(/<[^<>]{0,300}>/g, ' ')
    .replace(/&(?:#(\d{1,6})|([a-z]{2,6}));/gi, (whole, code?: string, name = '') =>
      code === undefined ? (ENTITIES[String(name).toLowerCase()] ?? whole) : ofCode(Number(code)),
    )
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain.length <= most) return plain;
  const cut = plain.slice(0, most - 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > most / 2 ? space : undefined).toWellFormed()}…`;
}

const ofCode = (code: number): string => (code >= 32 && code < 0x110000 ? String.fromCodePoint(code) : ' ');
