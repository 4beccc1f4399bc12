import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_PROVIDER_ID_LENGTH, toolCallIdSchema, toToolCallId, type CallId } from './ids.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const ours = (providerCallId: string) => toToolCallId(callId, 1, providerCallId);

describe('our id of a tool call', () => {
  it('carries a short, plain id as it is', () => {
    expect(ours('call_a1-B2')).toBe(`tc_${callId}_1_call_a1-B2`);
  });

  it.each([
    ['agree in their first 80 characters', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`],
    ['differ in characters we do not take', 'call.1', 'call:1'],
    ['differ in length', 'x'.repeat(150), 'x'.repeat(151)],
  ])('tells apart ids that %s', (_how, one, other) => {
    expect(ours(one)).not.toBe(ours(other));
    expect(ours(one)).toBe(ours(one));
  });

  it('of any id fits wherever such an id is read', () => {
    const id = fc.string({ minLength: 1, maxLength: MAX_PROVIDER_ID_LENGTH, unit: 'binary' });
    fc.assert(
      fc.property(id, fc.integer({ min: 1, max: 1_000_000 }), (providerCallId, epoch) => {
        const toolCallId = toToolCallId(callId, epoch, providerCallId);
        expect(toolCallIdSchema.parse(toolCallId)).toBe(toolCallId);
        expect(toolCallId.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});
