import { describe, expect, it } from '@jest/globals';
import { transferOutcome, type DialReport } from './transfer-outcome.ts';

const warm = (isAccepted: boolean, result: DialReport['result'], wasBridged = true) =>
  transferOutcome({ mode: 'warm' }, isAccepted, { result, wasBridged });
const cold = (result: DialReport['result'], wasBridged = true) =>
  transferOutcome({ mode: 'cold' }, true, { result, wasBridged });

describe('the outcome of a transfer', () => {
  it('with a whisper depends on the person’s acceptance, not on an answered leg', () => {
    expect(warm(true, 'answered')).toBe('bridged');
    expect(warm(false, 'answered', false)).toBe('declined');
    expect(warm(false, 'answered')).toBe('declined');
  });

  it('accepted by a person who was never connected is a failure', () => {
    expect(warm(true, 'answered', false)).toBe('failed');
  });

  it('without a whisper follows the carrier’s report', () => {
    expect(cold('answered')).toBe('bridged');
    expect(cold('answered', false)).toBe('declined');
  });

  it.each(['busy', 'no-answer', 'failed'] as const)('of a leg that was not answered is %s', (result) => {
    expect(warm(false, result)).toBe(result);
    expect(cold(result, false)).toBe(result);
  });
});
