import { describe, expect, it } from '@jest/globals';
import type { ToolCall } from '@tandem/contracts';
import type { ToolDispatcher } from '@tandem/conversation';
import { persistBeforeCall } from './persist-before-call.ts';

function caller(flushed: 'stored' | 'timed-out', isGivenUp: boolean) {
  const asked: ToolCall[] = [];
  const inner: ToolDispatcher = {
    call: (call, onLate) => {
      asked.push(call);
      onLate?.({ status: 'ok', value: 'late' });
      return Promise.resolve({ status: 'ok', value: 1 });
    },
    resume: (_call, onLate) => {
      onLate?.({ status: 'ok', value: 'late' });
      return Promise.resolve({ status: 'ok', value: 2 });
    },
    awaitLate: () => Promise.resolve({ status: 'ok', value: 3 }),
    cancelAll: () => undefined,
  };
  const log = { append: () => undefined, flush: () => Promise.resolve(flushed) };
  return { asked, caller: persistBeforeCall(inner, log, () => isGivenUp) };
}
const call = {} as ToolCall;

describe('a tool call', () => {
  it('is made once its event is stored', async () => {
    const { caller: tools, asked } = caller('stored', false);
    expect(await tools.call(call)).toEqual({ status: 'ok', value: 1 });
    expect(asked).toHaveLength(1);
  });

  it('that timed out is told of later, also one that was resumed', async () => {
    const { caller: tools } = caller('stored', false);
    const late: unknown[] = [];
    await tools.call(call, (outcome) => late.push(outcome));
    await tools.resume(call, (outcome) => late.push(outcome));
    expect(late).toEqual(Array(2).fill({ status: 'ok', value: 'late' }));
  });

  it('is not made by a relay whose call another relay owns', async () => {
    const { caller: tools, asked } = caller('stored', true);
    expect(await tools.call(call)).toEqual({ status: 'cancelled' });
    expect(asked).toEqual([]);
  });

  it('fails, retryable, while no event can be stored', async () => {
    const { caller: tools, asked } = caller('timed-out', false);
    expect(await tools.call(call)).toEqual({ status: 'failed', code: 'queue-unavailable', retryable: true });
    expect(asked).toEqual([]);
  });
});
