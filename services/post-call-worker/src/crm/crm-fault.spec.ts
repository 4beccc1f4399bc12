import { describe, expect, it } from '@jest/globals';
import { scrubbed } from './crm-fault.ts';

describe('words of a CRM', () => {
  it('are kept without addresses, numbers and tokens', () => {
    const words =
      'Property "mood" does not exist for\nada@example.com, +1 (202) 555-0123; ' +
      'token pat-na1-0123456789abcdef0123456789abcdef012345 is fine';
    expect(scrubbed(words)).toBe(
      'Property "mood" does not exist for [e-mail], [number]; token [token] is fine',
    );
  });

  it('are cut', () => {
    expect(scrubbed('word '.repeat(1_000))).toHaveLength(500);
  });
});
