/**
 * Last line against personal data and secrets in logs: works on the finished line, whatever field it came through.
 * Fields that hold such data are not logged in the first place; this catches what slips into an error's message.
 */
const PATTERNS: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, '[token]'],
  [/\bsk-[\w-]{8,}/g, '[key]'],
  [/\b(rediss?|postgres(?:ql)?|https?|wss?):\/\/[^\s:/@"]*:[^\s@"]+@/g, '$1://[credentials]@'],
  [/[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g, '[mail]'],
  [/\+\d[\d ().-]{6,18}\d/g, '[phone]'],
];

export function scrub(line: string): string {
  let clean = line;
  for (const [pattern, mark] of PATTERNS) clean = clean.replace(pattern, mark);
  return clean;
}
