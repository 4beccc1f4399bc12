import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const TEXT = 'A plumber for Tuesday, please.';

async function greeted(agent: Parameters<typeof startCall>[0] = {}): Promise<CallScene> {
  const call = startCall({ ...agent, agent: { greeting: '', ...agent.agent } });
  await call.passes(1);
  await call.agentSays('Which day suits you?');
  return call;
}

const write = async (call: CallScene, text = TEXT): Promise<void> => {
  call.stream.writeText(text);
  await call.passes(1);
};

describe('words the caller writes', () => {
  it('reach the model as theirs, are answered, and are in the transcript', async () => {
    const call = await greeted();
    await write(call);
    expect(call.model.asked.slice(-2)).toEqual([`written ${TEXT}`, 'reply']);
    expect(call.model.notes).toEqual([]);
    expect(call.log.facts.filter(({ type }) => type === 'caller.spoke')).toMatchObject([
      { data: { text: TEXT, itemId: 'written_1_1' } },
    ]);
  });

  it('interrupt the agent, of whom only what was heard is kept', async () => {
    const call = await greeted();
    call.model.says('We have an opening on Tuesday at nine and another one at eleven.', {
      durationMs: 4_000,
    });
    await call.passes(1_000);
    await write(call);
    expect(call.stream.clears).toHaveLength(1);
    expect(call.model.truncated.size).toBe(1);
    expect(call.model.asked.at(-1)).toBe('reply');
  });

  it('that are blank are no turn', async () => {
    const call = await greeted();
    const before = call.model.asked.length;
    await write(call, '  ');
    expect(call.model.asked).toHaveLength(before);
  });

  it('are dropped while keys are typed in secret: they may be the same digits', async () => {
    const collect = defineTool({
      name: 'collect_digits',
      description: '',
      place: 'call',
      arguments: z.strictObject({ purpose: z.string(), max_digits: z.number() }),
      cancellable: false,
      deadlineMs: 1_000,
    });
    const call = startCall({ tools: [collect], agent: { greeting: '' } });
    await call.passes(1);
    call.model.startResponse();
    call.model.callsTool({
      name: 'collect_digits',
      arguments: { purpose: 'card number', max_digits: 19 },
    });
    call.model.finish('completed');
    await call.passes(1);
    await write(call, '4111111111111111');
    expect(JSON.stringify([call.log.facts, call.model.asked])).not.toContain('4111');
  });

  it('are known to a session that takes the call over', async () => {
    const call = await greeted();
    await write(call);
    const events = call.log.facts.map((fact, index) => ({ ...fact, seq: index + 1, epoch: 1, at: 0 }));
    expect(takeoverOf(events).history.items()).toContainEqual({ kind: 'caller', text: TEXT });
  });
});
