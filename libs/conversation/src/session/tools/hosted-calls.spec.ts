import { describe, expect, it } from '@jest/globals';
import { toToolCallId, type CallId, type NewCallEvent, type ToolDeclaration } from '@tandem/contracts';
import { startCall, type CallScene, type CallSetting } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const find: ToolDeclaration = {
  name: 'shop_find',
  description: '',
  place: 'provider',
  parameters: { type: 'object' },
  cancellable: false,
  deadlineMs: 8_000,
  lateMs: 60_000,
  hosted: {
    server: 'shop',
    url: 'https://mcp.example.com/mcp',
    headers: () => ({}),
    tool: 'find',
    isSafeToRepeat: false,
  },
  parse: (value) => ({ ok: true, value }),
};
const cancel: ToolDeclaration = { ...find, name: 'shop_cancel', confirm: true };
const FOUND = { status: 'ok', value: { note: 'data', result: 'It was sent.' } } as const;

async function begin(setting: CallSetting = {}): Promise<CallScene> {
  const call = startCall({ tools: [find, cancel], ...setting, agent: { greeting: '', ...setting.agent } });
  await call.passes(1);
  return call;
}

/** The model wants to run tools in a response of its own. Returns their ids. */
async function wants(call: CallScene, ...names: readonly string[]): Promise<string[]> {
  call.model.startResponse();
  const ids = names.map((name) => call.model.wantsToRun({ name, arguments: { id: 'A-1' } }));
  call.model.finish('completed');
  await call.passes(1);
  return ids;
}
const replies = (call: CallScene) => call.model.asked.filter((asked) => asked === 'reply').length;
const outcomes = (call: CallScene) => call.log.of('tool.finished').map(({ outcome }) => outcome);

describe('a tool that the provider of the model runs', () => {
  it('is allowed, and stands in the log with its result; the answer is asked for once', async () => {
    const call = await begin();
    const [id] = await wants(call, 'shop_find');
    expect(call.model.asked).toContain(`allow ${id}`);
    expect(replies(call)).toBe(0);
    await call.passes(400);
    call.model.hasRun(id!, FOUND);
    await call.passes(1);
    expect(replies(call)).toBe(1);
    expect(call.log.of('tool.called')).toMatchObject([{ name: 'shop_find', arguments: { id: 'A-1' } }]);
    expect(call.log.of('tool.finished')).toMatchObject([
      { name: 'shop_find', providerCallId: id, outcome: FOUND, tookMs: 401 },
    ]);
    expect(call.toolDispatcher.calls).toEqual([]);
    expect(call.log.unreadable).toEqual([]);
  });

  it('is answered once where the same response has words as well, and another tool', async () => {
    const call = await begin();
    call.model.begins('Let me look.', { durationMs: 400 });
    const first = call.model.wantsToRun({ name: 'shop_find', arguments: { id: 1 } });
    const second = call.model.wantsToRun({ name: 'shop_find', arguments: { id: 2 } });
    call.model.finish('completed');
    call.model.hasRun(first, FOUND);
    await call.passes(500);
    expect(replies(call)).toBe(0);
    call.model.hasRun(second, FOUND);
    await call.passes(1);
    expect(replies(call)).toBe(1);
  });

  it('counts as a tool at work: a filler is said after 1.5 s, and the idle caller is not asked', async () => {
    const call = await begin({ agent: { idle: { afterMs: 3_000 } } });
    const [id] = await wants(call, 'shop_find');
    await call.passes(1_490);
    expect(call.model.asked.filter((asked) => asked.startsWith('say'))).toEqual([]);
    await call.passes(20);
    expect(call.model.asked.at(-1)).toBe('say: One moment, please.');
    call.model.says('One moment, please.', { durationMs: 500 });
    await call.passes(5_000);
    expect(call.log.of('idle.prompted')).toEqual([]);
    call.model.hasRun(id!, FOUND);
    await call.passes(1);
    expect(replies(call)).toBe(1);
  });

  it('that does not end in time is uncertain, and its late outcome is told at the next pause', async () => {
    const call = await begin({ agent: { toolWait: { fillerAfterMs: 0 } } });
    const [id] = await wants(call, 'shop_find');
    await call.passes(8_000);
    expect(outcomes(call)).toEqual([{ status: 'timed-out' }]);
    expect(call.model.toolResults.get(id!)).toContain('not known whether this was done');
    await call.agentSays('I could not see whether it worked.');
    call.model.hasRun(id!, FOUND);
    await call.passes(1);
    expect(call.log.of('tool.finished-late')).toMatchObject([{ providerCallId: id, outcome: FOUND }]);
    expect(call.model.asked.at(-1)).toMatch(/^instruct: shop_find, which had not answered in time/);
    call.model.hasRun(id!, FOUND);
    await call.passes(1);
    expect(call.log.of('tool.finished-late')).toHaveLength(1);
  });

  it('that ends when nobody waits any longer changes nothing', async () => {
    const call = await begin({ agent: { toolWait: { fillerAfterMs: 0 }, idle: { afterMs: 600_000 } } });
    const [id] = await wants(call, 'shop_find');
    await call.passes(68_100);
    call.model.hasRun(id!, FOUND);
    await call.passes(1);
    expect(call.log.of('tool.finished-late')).toEqual([]);
  });

  it('runs once where it is asked for twice with the same arguments', async () => {
    const call = await begin();
    const [first, second] = await wants(call, 'shop_find', 'shop_find');
    expect(call.model.asked).toEqual(expect.arrayContaining([`allow ${first}`, `deny ${second}`]));
    expect(outcomes(call)).toMatchObject([{ status: 'refused', reason: 'already-at-work' }]);
  });

  it('is denied beyond its limit, and where it is not the agent’s', async () => {
    const call = await begin({ tools: [{ ...find, limits: { maxPerCall: 1 } }] });
    const [allowed] = await wants(call, 'shop_find');
    call.model.hasRun(allowed!, FOUND);
    await call.passes(1);
    const [over] = await wants(call, 'shop_find');
    const [unknown] = await wants(call, 'shop_delete_all');
    expect(call.model.asked).toEqual(expect.arrayContaining([`deny ${over}`, `deny ${unknown}`]));
    expect(outcomes(call).slice(1)).toMatchObject([
      { reason: 'call-limit-reached' },
      { reason: 'unknown-tool' },
    ]);
  });

  it('cannot be called as a tool of ours, nor one of ours by the provider', async () => {
    const call = await begin();
    call.model.startResponse();
    call.model.callsTool({ name: 'shop_find', arguments: {} });
    call.model.wantsToRun({ name: 'end_call', arguments: {} });
    call.model.finish('completed');
    await call.passes(1);
    expect(outcomes(call)).toMatchObject([{ reason: 'unknown-tool' }, { reason: 'unknown-tool' }]);
  });

  it('that cannot be undone runs once the caller was asked and has answered', async () => {
    const call = await begin();
    const [first] = await wants(call, 'shop_cancel');
    expect(call.model.asked).toContain(`deny ${first}`);
    expect(call.model.toolResults.get(first!)).toContain('ask for a clear yes');
    const [again] = await wants(call, 'shop_cancel');
    expect(call.model.asked).toContain(`deny ${again}`);
    await call.agentSays('Shall I cancel order A-1?');
    await call.callerSays('Yes.');
    const [agreed] = await wants(call, 'shop_cancel');
    expect(call.model.asked).toContain(`allow ${agreed}`);
  });

  it('did nothing where its session went before it was allowed', async () => {
    const call = await begin();
    await wants(call, 'shop_cancel');
    await call.agentSays('Shall I cancel order A-1?');
    call.model.hearsCallerStart();
    await call.passes(500);
    const item = call.model.hearsCallerStop();
    const [waits] = await wants(call, 'shop_cancel');
    call.model.hasRun(waits!, { status: 'timed-out' });
    call.model.understands(item, 'Yes.');
    await call.passes(1);
    expect(call.model.asked).not.toContain(`allow ${waits}`);
    expect(outcomes(call).at(-1)).toEqual({ status: 'cancelled' });
  });

  it('that cannot be called is in the log, and the model is to say so', async () => {
    const call = await begin();
    call.model.misses(['shop_find'], 'not-listed');
    expect(call.log.of('tools.unavailable')).toMatchObject([{ names: ['shop_find'], why: 'not-listed' }]);
    expect(call.model.notes.at(-1)).toMatch(/cannot use these tools now: shop_find.*say honestly/);
    expect(call.log.unreadable).toEqual([]);
  });
});

describe('a relay that takes a call over', () => {
  const id = (number: number) => ({
    toolCallId: toToolCallId(callId, 1, `call_${number}`),
    providerCallId: `call_${number}`,
    name: 'shop_find',
  });
  const called = (number: number): NewCallEvent => ({
    type: 'tool.called',
    data: { ...id(number), arguments: { id: number }, atMs: 1_000 },
  });
  const finished = (number: number, outcome: object): NewCallEvent =>
    ({
      type: 'tool.finished',
      data: { ...id(number), outcome, tookMs: 10, atMs: 1_010 },
    }) as NewCallEvent;
  const takeOver = (facts: readonly NewCallEvent[]) =>
    begin({
      tools: [{ ...find, limits: { maxPerCall: 2 } }],
      takeover: (now) =>
        takeoverOf(facts.map((fact, index) => ({ ...fact, seq: index + 1, epoch: 1, at: now - 5_000 }))),
    });

  it('does not know whether a call at work was done, says so, and runs it no second time', async () => {
    const call = await takeOver([called(1)]);
    expect(outcomes(call)).toEqual([{ status: 'timed-out' }]);
    expect(call.model.asked.filter((asked) => asked.startsWith('allow'))).toEqual([]);
    expect(call.toolDispatcher.calls).toEqual([]);
  });

  it('gives a finished call to the model as done, and goes on counting', async () => {
    const refused = { status: 'refused', reason: 'confirmation-needed', detail: 'Ask.' };
    const call = await takeOver([called(1), finished(1, FOUND), called(2), finished(2, refused)]);
    expect(call.model.seeded).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'tool-call', name: 'shop_find' }),
        expect.objectContaining({ kind: 'tool-result', output: expect.stringContaining('It was sent.') }),
      ]),
    );
    const [second] = await wants(call, 'shop_find');
    expect(call.model.asked).toContain(`allow ${second}`);
    call.model.hasRun(second!, FOUND);
    await call.passes(1);
    const [third] = await wants(call, 'shop_find');
    expect(call.model.asked).toContain(`deny ${third}`);
  });
});
