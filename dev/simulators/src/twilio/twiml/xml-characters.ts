const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x09 || point === 0x0a || point === 0x0d;
  return point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
}

/**
 * Returns character data with its entities and character references replaced.
 * @param fail called with what is wrong; throws
 */
export function decodeCharacters(raw: string, fail: (message: string) => never): string {
  const bare = raw.replace(/&[^&;\s]*;/g, '');
  if (bare.includes('&')) fail('"&" is not escaped');
  const decoded = raw.replace(/&([^;]*);/g, (_, name: string) => entity(name, fail));
  for (const character of raw) {
    if (!isXmlCharacter(character.codePointAt(0) ?? 0)) fail('a character that XML does not allow');
  }
  return decoded;
}

function entity(name: string, fail: (message: string) => never): string {
  const known = ENTITIES.get(name);
  if (known !== undefined) return known;
  const reference = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name);
  if (!reference) return fail(`unknown entity "&${name};"`);
  const point = reference[1] === undefined ? Number(reference[2]) : parseInt(reference[1], 16);
  return isXmlCharacter(point) ? String.fromCodePoint(point) : fail(`"&${name};" is not an XML character`);
}
