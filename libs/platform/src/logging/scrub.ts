/*
 * Last defence against personal data and secrets in logs, applied to the finished line. Fields with such data
 * are not logged in the first place; this removes what an error's message may contain.
 *
 * Clients control parts of a line, so the time must be linear in its length: every pattern below either
 * begins at a distinct character, matches a bounded number of characters, or is tried once per run of
 * characters.
 */

const KEY = /\bsk-[\w-]{8,}/g;
const PHONE = /\+\d[\d ().-]{6,18}\d/g;
const CREDENTIALS = /\b(rediss?|postgres(?:ql)?|https?|wss?):\/\/[^\s:/@"]*:[^\s@"]+@$/;
const UP_TO_AT = /(?<![^\s@"])[^\s@"]+@/g;
const DOTTED = /[\w.-]+/g;
const TOKEN_START = /\beyJ[\w-]{8}/;
const AROUND_AT = /[\w.%+@-]+/g;
const DOMAIN = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/;

export function scrub(line: string): string {
  let clean = line;
  if (clean.includes('eyJ')) clean = clean.replace(DOTTED, withoutTokens);
  clean = clean.replace(KEY, '[key]');
  if (clean.includes('@')) {
    if (clean.includes('://'))
      clean = clean.replace(UP_TO_AT, (run) => run.replace(CREDENTIALS, '$1://[credentials]@'));
    clean = clean.replace(AROUND_AT, withoutMail);
  }
  return clean.replace(PHONE, '[phone]');
}

/** Replaces JSON web tokens: three parts, the first an encoded `{"`. */
function withoutTokens(run: string): string {
  if (!run.includes('eyJ')) return run;
  const parts = run.split('.');
  const kept: string[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    const start = parts[index + 1] && parts[index + 2] ? part.search(TOKEN_START) : -1;
    kept.push(start < 0 ? part : `${part.slice(0, start)}[token]`);
    if (start >= 0) index += 2;
  }
  return kept.join('.');
}

function withoutMail(run: string): string {
  if (!run.includes('@')) return run;
  const parts = run.split('@');
  let kept = '';
  let local = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    const domain = local === '' ? null : DOMAIN.exec(part);
    kept += domain ? '[mail]' : `${local}@`;
    local = domain ? part.slice(domain[0].length) : part;
  }
  return kept + local;
}
