import { describe, expect, it } from '@jest/globals';
import { recordingAt, type Recording } from './use-call-audio.ts';

const recording = (recordingId: string, startedAtMs: number, durationMs: number | null): Recording => ({
  recordingId,
  startedAtMs,
  durationMs,
  deletedAt: null,
});
const TWO = [recording('second', 9_000, null), recording('first', 1_000, 5_000)];

describe('the recording with the sound of a time', () => {
  it.each([
    [0, 'first'],
    [5_999, 'first'],
    [6_000, 'second'],
    [90_000, 'second'],
  ])('at %s ms is the %s one', (atMs, id) => expect(recordingAt(TWO, atMs)?.recordingId).toBe(id));

  it('is the last one after its end, and none where nothing was recorded', () => {
    expect(recordingAt([recording('only', 0, 10)], 999)?.recordingId).toBe('only');
    expect(recordingAt([], 0)).toBeNull();
  });
});
