import { describe, expect, it } from '@jest/globals';
import type { ToolDeclaration } from '@tandem/contracts';
import { HOUR_MS, providerError, ResilientScene } from './testing/resilient-scene.ts';

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
const OK = { status: 'ok', value: 'sent' } as const;

async function begin(setting: ConstructorParameters<typeof ResilientScene>[0] = {}) {
  const call = new ResilientScene({ tools: [find], runsTools: true, ...setting });
  await call.greeted();
  return call;
}
async function runs(call: ResilientScene): Promise<string> {
  call.model.startResponse();
  const id = call.model.wantsToRun({ name: 'shop_find', arguments: { id: 1 } });
  call.model.finish('completed');
  await call.passes(1);
  expect(call.model.asked).toContain(`allow ${id}`);
  return id;
}
const names = (call: ResilientScene) => call.model.setup.tools.map(({ name }) => name);
const outcomes = (call: ResilientScene) => call.log.of('tool.finished').map(({ outcome }) => outcome);

describe('tools that a model’s provider runs', () => {
  it('are declared again in a session that is opened after a cut; a call at work is uncertain', async () => {
    const call = await begin();
    const id = await runs(call);
    const [first] = call.first.sessions;
    first!.gone(providerError('connectivity'));
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'first-2']);
    expect(names(call)).toEqual(['shop_find']);
    expect(outcomes(call)).toEqual([{ status: 'timed-out' }]);
    expect(call.model.seeded.map(({ kind }) => kind).slice(-2)).toEqual(['tool-call', 'tool-result']);
    expect(call.model.asked).toEqual(['reply']);
    first!.hasRun(id, OK);
    await call.passes(1);
    expect(call.log.of('tool.finished-late')).toEqual([]);
  });

  it('keep a finished call finished in the next session', async () => {
    const call = await begin();
    call.model.hasRun(await runs(call), OK);
    await call.passes(1);
    call.model.says('It was sent.', { durationMs: 400 });
    await call.passes(500);
    call.model.gone(providerError('connectivity'));
    await call.passes(1);
    expect(outcomes(call)).toEqual([OK]);
    expect(call.model.seeded).toContainEqual(
      expect.objectContaining({ kind: 'tool-result', output: expect.stringContaining('sent') }),
    );
    expect(call.model.asked.filter((asked) => asked.startsWith('allow'))).toEqual([]);
  });

  it('put off the renewal of a session while they are at work, and are declared in the new one', async () => {
    const agent = { idle: { afterMs: 0 }, maxDurationMs: 4 * HOUR_MS, toolWait: { fillerAfterMs: 0 } };
    const call = await begin({ maxSessionMs: HOUR_MS, agent });
    await call.passes((HOUR_MS * 50) / 60 - 3_000);
    const id = await runs(call);
    await call.passes(5_000);
    expect(call.opened).toEqual(['first-1']);
    call.model.hasRun(id, OK);
    await call.passes(1);
    await call.agentSays('It was sent.');
    await call.passes(1_000);
    expect(call.opened).toEqual(['first-1', 'first-2']);
    expect([names(call), outcomes(call)]).toEqual([['shop_find'], [OK]]);
  });

  it('are absent from a fallback that cannot run them, which is in the log and told to it once', async () => {
    const call = await begin();
    await runs(call);
    call.model.gone(providerError('authentication'));
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(names(call)).toEqual([]);
    expect(call.log.of('tools.unavailable')).toMatchObject([{ names: ['shop_find'], why: 'model' }]);
    expect(call.model.notes.filter((note) => note.includes('shop_find'))).toHaveLength(1);
    expect(outcomes(call)).toEqual([{ status: 'timed-out' }]);
  });

  it('are absent from the first model where that cannot run them', async () => {
    const call = await begin({ runsTools: false });
    expect(names(call)).toEqual([]);
    expect(call.log.of('tools.unavailable')).toMatchObject([{ why: 'model' }]);
  });

  it('stay absent when the agent’s tools change', async () => {
    const call = await begin({ runsTools: false });
    call.session.change({ tools: ['shop_find'] });
    await call.passes(1);
    expect(call.model.changes.flatMap(({ tools }) => tools ?? [])).toEqual([]);
  });

  it('are uncertain on record when the caller hangs up', async () => {
    const call = await begin();
    await runs(call);
    call.session.end('relay-shutdown');
    await call.passes(3_000);
    expect(outcomes(call)).toEqual([{ status: 'timed-out' }]);
  });
});
