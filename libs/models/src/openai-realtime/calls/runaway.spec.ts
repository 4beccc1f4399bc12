import { describe, expect, it } from '@jest/globals';
import { RealtimeScene } from '../testing/realtime-scene.ts';

describe('a Realtime server that calls tools without end', () => {
  it('is replaced by the next fallback, and calls beyond the limit leave no trace', async () => {
    const call = new RealtimeScene();
    await call.greeted();
    const [first] = call.sockets;
    for (let times = 0; times < 5_000; times += 1) {
      const response_id = `resp_wild_${times}`;
      first!.says({
        type: 'response.function_call_arguments.done',
        response_id,
        item_id: `item_${times}`,
        call_id: `call_${times}`,
        name: 'no_such_tool',
        arguments: `{"x":"${'y'.repeat(900)}"}`,
      });
      if (times % 100 === 0) await call.passes(1);
    }
    await call.passes(1);
    expect(call.log.of('tool.called')).toHaveLength(200);
    expect(call.log.of('tool-limit.reached')).toHaveLength(1);
    expect(call.faults).toEqual(['– too-many-tool-calls']);
    expect(call.second.sessions).toHaveLength(1);
    expect(first!.readyState).toBe(3);
    expect(call.log.facts.length).toBeLessThan(1_000);

    const second = call.second.sessions[0]!;
    second.startResponse();
    for (let times = 0; times < 9; times += 1) second.callsTool({ name: 'no_such_tool', arguments: {} });
    await call.passes(2_000);
    expect(call.log.of('tool.called')).toHaveLength(200);
    expect(call.termination).toEqual({ class: 'provider', reason: 'model-failed' });
  });
});
