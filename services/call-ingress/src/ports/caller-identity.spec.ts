import { describe, expect, it } from '@jest/globals';
import { callerIdOf, identityOf } from './caller-identity.ts';

const to = '+12025550100';

describe('a caller', () => {
  it.each([
    ['+12025550123', '+12025550123'],
    ['sip:+12025550123@carrier.example', '+12025550123'],
    ['sip:reception@carrier.example', null],
    ['+266696687', null],
    ['anonymous', null],
  ])('%s shows the number %s', (from, e164) => {
    expect(identityOf(from).e164).toBe(e164);
    expect(callerIdOf({ from, to })).toBe(e164 ?? to);
  });

  it('who dialled by SIP is shown as the number in the SIP address', () => {
    expect(callerIdOf({ from: 'Restricted', to: 'sip:+12025550100@carrier.example' })).toBe(to);
  });
});
