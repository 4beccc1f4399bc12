import { describe, expect, it } from '@jest/globals';
import { microphoneFaultOf, missingAbility } from './microphone-fault.ts';

describe('a microphone that cannot be had', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'none'],
    ['NotReadableError', 'in-use'],
    ['SomethingNew', 'failed'],
  ])('with %s is %s', (name, fault) => expect(microphoneFaultOf({ name })).toBe(fault));

  it('without an exception is a failure', () => expect(microphoneFaultOf('no')).toBe('failed'));
});

describe('a browser that cannot call', () => {
  const able = { isSecure: true, hasMediaDevices: true, hasWorklet: true };
  it.each([
    [able, null],
    [{ ...able, isSecure: false, hasMediaDevices: false }, 'insecure'],
    [{ ...able, hasWorklet: false }, 'unsupported'],
  ])('%j: %s', (abilities, missing) => expect(missingAbility(abilities)).toBe(missing));
});
