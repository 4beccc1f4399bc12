import { describe, expect, it } from '@jest/globals';
import { base32, stepOfCode, totpCode, totpUri } from './totp.ts';

/** RFC 6238, appendix B; the last six of its eight digits. */
const SECRET = Buffer.from('12345678901234567890');

describe('codes of a second factor', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %d are those of RFC 6238', (second, code) => {
    expect(totpCode(SECRET, Math.floor(second / 30))).toBe(code);
  });

  it('are taken one step early and late, and name their step', () => {
    const now = 1_111_111_111_000;
    const step = Math.floor(now / 30_000);
    for (const at of [step - 1, step, step + 1])
      expect(stepOfCode(SECRET, totpCode(SECRET, at), now)).toBe(at);
    for (const at of [step - 2, step + 2]) expect(stepOfCode(SECRET, totpCode(SECRET, at), now)).toBeNull();
    expect(stepOfCode(SECRET, '', now)).toBeNull();
  });

  it('come from a secret that apps read in base32', () => {
    // RFC 4648, section 10.
    expect(['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))).toEqual([
      'MY',
      'MZXQ',
      'MZXW6',
      'MZXW6YQ',
      'MZXW6YTB',
      'MZXW6YTBOI',
    ]);
    expect(totpUri('MZXW6', 'Tandem', 'robin+x@example.com')).toBe(
      'otpauth://totp/Tandem:robin%2Bx%40example.com?secret=MZXW6&issuer=Tandem',
    );
  });
});
