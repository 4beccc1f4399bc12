import { describe, expect, it } from '@jest/globals';
import type { KnownCaller, NumberAccess } from '@tandem/database';
import { accessOf, untrustedNumber, isTrustedAttestation } from './access-decision.ts';
import { identityOf } from './caller-identity.ts';

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
const told = (access: NumberAccess, from: string, caller: KnownCaller = known()) => {
  const { refusal, group: as } = accessOf(access, identityOf(from), caller);
  return `${refusal ?? 'let in'} as ${as?.key ?? 'anybody'}`;
};

const ALEX = '+12025550123';

describe('a number open to everybody', () => {
  it('takes whoever calls, as member of their closest group', () => {
    expect(told(open, ALEX)).toBe('let in as anybody');
    expect(told(open, ALEX, known({ groups: [group('primary'), group('washington')] }))).toBe(
      'let in as primary',
    );
  });

  it('does not take who is blocked, whatever group they are in', () => {
    expect(told(open, ALEX, known({ isBlocked: true, groups: [group('primary', true)] }))).toBe(
      'caller-blocked as primary',
    );
  });

  it('takes callers without a number, unless it is told not to', () => {
    for (const from of ['anonymous', 'Restricted', '+266696687', '', 'sip:anonymous@example.com']) {
      expect(told(open, from)).toBe('let in as anybody');
      expect(told({ ...open, withheldCallers: 'refuse' }, from)).toBe('caller-not-allowed as anybody');
    }
    expect(told({ ...open, withheldCallers: 'refuse' }, ALEX)).toBe('let in as anybody');
  });
});

describe('a number for some', () => {
  it('takes members of its groups, and greets them as such though another group is closer', () => {
    expect(told(list, ALEX, known({ groups: [group('neighbours'), group('primary', true)] }))).toBe(
      'let in as primary',
    );
  });

  it('takes nobody else', () => {
    expect(told(list, ALEX)).toBe('caller-not-allowed as anybody');
    expect(told(list, ALEX, known({ groups: [group('neighbours')] }))).toBe(
      'caller-not-allowed as neighbours',
    );
    expect(told(list, 'anonymous')).toBe('caller-not-allowed as anybody');
  });
});

describe('a number that a caller shows', () => {
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
    'with %s is believed: %s, and where only signed ones are: %s',
    (attestation, isTrusted, isTrustedStrictly) => {
      expect([
        isTrustedAttestation(trusting, attestation),
        isTrustedAttestation(strict, attestation),
      ]).toEqual([isTrusted, isTrustedStrictly]);
    },
  );

  it('and is not believed keeps a block, and nothing else', () => {
    const found = known({ name: 'Alex', language: 'es', isBlocked: true, groups: [group('primary', true)] });
    expect(untrustedNumber(found)).toEqual({ name: null, language: null, isBlocked: true, groups: [] });
    expect(told(list, ALEX, untrustedNumber({ ...found, isBlocked: false }))).toBe(
      'caller-not-allowed as anybody',
    );
  });
});

describe('a caller’s number', () => {
  it('is read however the carrier writes it', () => {
    expect(
      [
        '+12025550123',
        '+1 (202) 555-0123',
        'sip:+12025550123@example.com;user=phone',
        'sips:+12025550123@example.com',
      ].map((from) => identityOf(from).e164),
    ).toEqual(Array(4).fill(ALEX));
  });

  it('is none for a name, which is not withheld either', () => {
    expect(identityOf('sip:alex@example.com')).toEqual({ e164: null, isWithheld: false });
    expect(identityOf('+266696687')).toEqual({ e164: null, isWithheld: true });
  });
});
