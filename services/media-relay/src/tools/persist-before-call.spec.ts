import { describe, expect, it } from '@jest/globals';
import type { ToolCall } from '@tandem/contracts';
import type { ToolCaller } from '@tandem/conversation';
import { persistBeforeCall } from './persist-before-call.ts';

function caller(flushed: 'stored' | 'timed-out', isGivenUp: boolean) {
  const asked: ToolCall[] = [];
  const inner: ToolCaller = {
    call: (call) => (asked.push(call), Promise.resolve({ status: 'ok', value: 1 })),
    resume: () => Promise.resolve({ status: 'ok', value: 2 }),
    cancelAll: () => undefined,
  };
  const log = { append: () => undefined, flush: () => Promise.resolve(flushed) };
  return { asked, caller: persistBeforeCall(inner, log, () => isGivenUp) };
}
const call = {} as ToolCall;

describe('a tool', () => {
  it('is asked for when the wish is on record', async () => {
    const { caller: tools, asked } = caller('stored', false);
    expect(await tools.call(call)).toEqual({ status: 'ok', value: 1 });
    expect(asked).toHaveLength(1);
  });

  it('is not asked for by a relay whose call somebody else has', async () => {
    const { caller: tools, asked } = caller('stored', true);
    expect(await tools.call(call)).toEqual({ status: 'cancelled' });
    expect(asked).toEqual([]);
  });

  it('fails, and may be tried again, while nothing can be put on record', async () => {
    const { caller: tools, asked } = caller('timed-out', false);
    expect(await tools.call(call)).toEqual({ status: 'failed', code: 'queue-unavailable', retryable: true });
    expect(asked).toEqual([]);
  });
});
