import { describe, expect, it } from '@jest/globals';
import { defineTool, type ToolSpec } from '@tandem/contracts';
import { z } from 'zod';
import { providerError, ResilientScene, type ResilientSetting } from './testing/resilient-scene.ts';

const tool = (name: string, place: 'call' | 'worker') =>
  defineTool({
    name,
    description: '',
    place,
    arguments: z.object({}),
    cancellable: false,
    deadlineMs: 5_000,
  } as ToolSpec<z.ZodObject>);

/** A caller who asked something after the greeting and waits for the answer. */
async function asking(setting: ResilientSetting = {}): Promise<ResilientScene> {
  const call = new ResilientScene({
    ...setting,
    agent: { idle: { afterMs: 10_000, maxPrompts: 2 }, ...setting.agent },
  });
  await call.greeted();
  await call.callerSays('When can you come?');
  call.model.asked.splice(0);
  return call;
}

/** The answer ends without a sound, as the provider says. */
function silent(call: ResilientScene): void {
  call.model.startResponse();
  call.model.finish('completed');
}

function cutOff(call: ResilientScene, reason: string, said = ''): void {
  if (said === '') call.model.startResponse();
  else call.model.begins(said, { durationMs: 1_200 });
  call.model.faults(providerError('server', reason), 'incomplete');
  call.model.finish('incomplete');
}

const faults = (call: ResilientScene) =>
  call.log.of('model.faulted').map(({ status, code }) => `${status ?? '–'} ${code}`);

describe('a response that the provider cuts off', () => {
  it('is continued at once when some of it was heard', async () => {
    const call = await asking();
    cutOff(call, 'max_output_tokens', 'On Tuesday at nine, or on');
    await call.passes(1);
    expect(call.model.notes.at(-1)).toContain('Go on exactly there');
    expect(call.model.asked).toEqual(['reply']);
    await call.agentSays('Wednesday at ten.');
    expect(call.opened).toEqual(['first-1']);
    expect(faults(call)).toEqual(['incomplete max_output_tokens']);
  });

  it('is requested once more when nothing of it came', async () => {
    const call = await asking();
    cutOff(call, 'content_filter');
    await call.passes(1);
    expect(call.model.asked).toEqual(['reply']);
    expect(faults(call)).toEqual(['incomplete content_filter']);
    await call.agentSays('On Tuesday.');
    expect(call.log.transcript().at(-1)).toBe('agent: On Tuesday.');
  });

  it('twice in a row is requested from the next fallback', async () => {
    const call = await asking();
    cutOff(call, 'content_filter');
    await call.passes(1);
    cutOff(call, 'max_output_tokens', 'On Tues');
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(call.model.asked).toEqual(['reply']);
    expect(faults(call)).toEqual(['incomplete content_filter', 'incomplete max_output_tokens']);
  });

  it('counts anew after a whole response', async () => {
    const call = await asking();
    for (let times = 0; times < 5; times += 1) {
      cutOff(call, 'content_filter');
      await call.passes(1);
      await call.agentSays('On Tuesday.');
      await call.callerSays('And then?');
    }
    expect(call.opened).toEqual(['first-1']);
  });

  it('does not count against the provider: one caller must not close it to the others', async () => {
    const told: string[] = [];
    const health = {
      allows: () => true,
      openSucceeded: () => undefined,
      openFailed: () => undefined,
      responseSucceeded: () => undefined,
      responseFailed: ({ code }: { code: string }) => void told.push(code),
    };
    const call = await asking({ health });
    cutOff(call, 'content_filter');
    await call.passes(1);
    cutOff(call, 'content_filter');
    await call.passes(1);
    expect(told).toEqual([]);
  });

  it('is not repeated when it called a tool: the reply to the result covers it', async () => {
    const call = await asking({
      tools: [tool('find', 'worker')],
      outcomes: { find: { status: 'ok', value: 1 } },
    });
    call.model.begins('One moment, I am', { durationMs: 600 });
    call.model.callsTool({ name: 'find', arguments: {} });
    call.model.faults(providerError('server', 'max_output_tokens'), 'incomplete');
    call.model.finish('incomplete');
    await call.passes(10);
    expect(call.model.asked.filter((asked) => asked === 'reply')).toHaveLength(1);
    expect(call.model.notes.join()).not.toContain('Go on exactly there');
  });
});

describe('a response without a sound', () => {
  it('is requested again at once, with a note that nothing of it was heard', async () => {
    const call = await asking();
    silent(call);
    await call.passes(1);
    expect(call.model.asked).toEqual(['reply']);
    expect(call.model.notes.at(-1)).toContain('made no sound');
    expect(faults(call)).toEqual(['completed no-sound']);
    await call.agentSays('On Tuesday.');
    expect(call.opened).toEqual(['first-1']);
  });

  it('twice in a row is requested from the next fallback', async () => {
    const call = await asking();
    silent(call);
    await call.passes(1);
    silent(call);
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(faults(call)).toEqual(['completed no-sound', 'completed no-sound']);
  });

  it('does not count when it called tools', async () => {
    const call = await asking({ tools: [tool('find', 'worker')] });
    call.model.startResponse();
    call.model.callsTool({ name: 'find', arguments: {} });
    call.model.finish('completed');
    await call.passes(1);
    expect(call.model.asked).toEqual([]);
    expect(faults(call)).toEqual([]);
  });

  it('does not count when it was cancelled', async () => {
    const call = await asking();
    call.model.startResponse();
    call.model.finish('cancelled');
    await call.passes(100);
    expect(call.model.asked).toEqual([]);
    expect(faults(call)).toEqual([]);
  });

  it('does not count after the agent has hung up', async () => {
    const call = await asking({ tools: [tool('end_call', 'call')] });
    call.model.startResponse();
    call.model.callsTool({ name: 'end_call', arguments: {} });
    call.model.finish('completed');
    await call.passes(1);
    expect(call.model.asked.at(-1)).toBe('reply');
    silent(call);
    await call.passes(1);
    expect(faults(call)).toEqual([]);
    expect(call.model.asked.filter((asked) => asked === 'reply')).toHaveLength(1);
    expect(call.termination).toEqual({ class: 'completed', reason: 'agent-goodbye' });
  });

  it('does not count when the caller made a sound without words', async () => {
    const call = await asking();
    await call.agentSays('On Tuesday.');
    await call.callerSays('');
    silent(call);
    await call.passes(1_500);
    expect(call.model.asked).toEqual([]);
    expect(faults(call)).toEqual([]);
  });

  it(
    'twice in a row waits for the caller’s words before the model is given up, and keeps it when there ' +
      'are none',
    async () => {
      const call = await asking();
      await call.agentSays('On Tuesday.');
      call.model.hearsCallerStart();
      await call.passes(500);
      const item = call.model.hearsCallerStop();
      silent(call);
      await call.passes(1);
      silent(call);
      await call.passes(300);
      call.model.understands(item, '');
      await call.passes(2_000);
      expect(call.opened).toEqual(['first-1']);
      expect(call.model.asked).toEqual(['reply']);
    },
  );

  it('twice in a row to words that do not come makes the call fall back all the same', async () => {
    const call = await asking();
    await call.agentSays('On Tuesday.');
    call.model.hearsCallerStart();
    await call.passes(500);
    call.model.hearsCallerStop();
    silent(call);
    await call.passes(1);
    silent(call);
    await call.passes(1_100);
    expect(call.opened).toEqual(['first-1', 'second-1']);
  });

  it('does not count when it was to continue one that was whole after all', async () => {
    const call = await asking();
    cutOff(call, 'max_output_tokens', 'On Tuesday at nine.');
    await call.passes(1);
    silent(call);
    await call.passes(1);
    expect(call.opened).toEqual(['first-1']);
    expect(call.model.asked).toEqual(['reply']);
  });
});
