import { describe, expect, it } from '@jest/globals';
import type { KnownCaller, NumberAccess } from '@tandem/database';
import { accessOf, untrustedNumber, isTrustedAttestation } from './access-decision.ts';
import { identityOf } from '../ports/caller-identity.ts';

const open: NumberAccess = {
  mode: 'open',
  withheldCallers: 'accept',
  unverifiedCallers: 'trust',
  refusalText: '',
};
const list: NumberAccess = { ...open, mode: 'allow-list' };
const group = (key: string, isAllowed = false) => ({ key, greeting: '', isAllowed });
const known = (change: Partial<KnownCaller> = {}): KnownCaller => ({
  name: null,
  language: null,
  isBlocked: false,
  groups: [],
  ...change,
});
const decide = (access: NumberAccess, from: string, caller: KnownCaller = known()) => {
  const { refusal, group: as } = accessOf(access, identityOf(from), caller);
  return `${refusal ?? 'admitted'} as ${as?.key ?? 'stranger'}`;
};

const ALEX = '+12025550123';

describe('a number open to all callers', () => {
  it('admits every caller as a member of their closest group', () => {
    expect(decide(open, ALEX)).toBe('admitted as stranger');
    expect(decide(open, ALEX, known({ groups: [group('primary'), group('washington')] }))).toBe(
      'admitted as primary',
    );
  });

  it('refuses a blocked caller in any group', () => {
    expect(decide(open, ALEX, known({ isBlocked: true, groups: [group('primary', true)] }))).toBe(
      'caller-blocked as primary',
    );
  });

  it('admits callers without a number unless configured otherwise', () => {
    for (const from of ['anonymous', 'Restricted', '+266696687', '', 'sip:anonymous@example.com']) {
      expect(decide(open, from)).toBe('admitted as stranger');
      expect(decide({ ...open, withheldCallers: 'refuse' }, from)).toBe('caller-not-allowed as stranger');
    }
    expect(decide({ ...open, withheldCallers: 'refuse' }, ALEX)).toBe('admitted as stranger');
  });
});

describe('a number with an allow-list', () => {
  it('admits members of its groups under that group, even if another is closer', () => {
    expect(decide(list, ALEX, known({ groups: [group('neighbours'), group('primary', true)] }))).toBe(
      'admitted as primary',
    );
  });

  it('refuses all other callers', () => {
    expect(decide(list, ALEX)).toBe('caller-not-allowed as stranger');
    expect(decide(list, ALEX, known({ groups: [group('neighbours')] }))).toBe(
      'caller-not-allowed as neighbours',
    );
    expect(decide(list, 'anonymous')).toBe('caller-not-allowed as stranger');
  });
});

describe('a shown number', () => {
  const trusting = { unverifiedCallers: 'trust' } as const;
  const strict = { unverifiedCallers: 'distrust' } as const;

  it.each([
    ['TN-Validation-Passed-A', true, true],
    ['TN-Validation-Passed-C', true, true],
    ['TN-Validation-Passed-A-Passthrough', true, true],
    ['TN-Validation-Failed-A', false, false],
    ['TN-Validation-Failed-C-Diverted', false, false],
    ['TN-Validation-Failed', false, false],
    ['No-TN-Validation', true, false],
    ['something new', true, false],
    [null, true, false],
  ])(
    'with %s is trusted: %s, and where only signed ones are: %s',
    (attestation, isTrusted, isTrustedStrictly) => {
      expect([
        isTrustedAttestation(trusting, attestation),
        isTrustedAttestation(strict, attestation),
      ]).toEqual([isTrusted, isTrustedStrictly]);
    },
  );

  it('that is not trusted keeps only a block', () => {
    const found = known({ name: 'Alex', language: 'es', isBlocked: true, groups: [group('primary', true)] });
    expect(untrustedNumber(found)).toEqual({ name: null, language: null, isBlocked: true, groups: [] });
    expect(decide(list, ALEX, untrustedNumber({ ...found, isBlocked: false }))).toBe(
      'caller-not-allowed as stranger',
    );
  });
});

describe('a caller’s number', () => {
  it('is read in every notation carriers use', () => {
    expect(
      [
        '+12025550123',
        '+1 (202) 555-0123',
        'sip:+12025550123@example.com;user=phone',
        'sips:+12025550123@example.com',
      ].map((from) => identityOf(from).e164),
    ).toEqual(Array(4).fill(ALEX));
  });

  it('is null for a name, which is not withheld', () => {
    expect(identityOf('sip:alex@example.com')).toEqual({ e164: null, isWithheld: false });
    expect(identityOf('+266696687')).toEqual({ e164: null, isWithheld: true });
  });
});
