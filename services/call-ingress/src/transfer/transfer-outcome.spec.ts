import { describe, expect, it } from '@jest/globals';
import { transferOutcome } from './transfer-outcome.ts';

const warm = (isAccepted: boolean, DialCallStatus: string, DialBridged?: string) =>
  transferOutcome({ mode: 'warm' }, isAccepted, { DialCallStatus, DialBridged });
const cold = (DialCallStatus: string, DialBridged?: string) =>
  transferOutcome({ mode: 'cold' }, true, { DialCallStatus, DialBridged });

describe('how a transfer went', () => {
  it('with a whisper is decided by who accepted, not by the carrier’s "completed"', () => {
    expect(warm(true, 'completed', 'true')).toBe('bridged');
    expect(warm(true, 'completed')).toBe('bridged');
    expect(warm(false, 'completed', 'false')).toBe('declined');
    expect(warm(false, 'completed')).toBe('declined');
    expect(warm(false, 'completed', 'true')).toBe('declined');
  });

  it('accepted by somebody who was never connected has failed', () => {
    expect(warm(true, 'completed', 'false')).toBe('failed');
  });

  it('without a whisper is what the carrier says', () => {
    expect(cold('completed', 'true')).toBe('bridged');
    expect(cold('answered')).toBe('bridged');
    expect(cold('completed', 'false')).toBe('declined');
  });

  it.each([
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['canceled', 'no-answer'],
    ['failed', 'failed'],
    ['something new', 'failed'],
  ])('%s is %s', (status, outcome) => {
    expect(warm(false, status)).toBe(outcome);
    expect(cold(status, 'false')).toBe(outcome);
  });
});
