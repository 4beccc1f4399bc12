import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { acrossTenants, createDataSource, type DataSource } from '@tandem/database';
import { freePorts, resetStack, tandemFolder } from '@tandem/stack';
import { GENERATORS } from '../generators/generators.ts';
import { MOST_TOUCHED } from '../generators/most-touched.ts';
import { CheckoutCopy } from '../testing/checkout-copy.ts';
import { CommandRun } from '../testing/command-run.ts';
import { DUMMY_KEY, DUMMY_TURNS, fillDummies } from '../testing/dummy-parts.ts';
import { DummyCaller } from '../testing/dummy-caller.ts';
import { CALLER, DIALLED } from '../testing/running-platform.ts';

jest.setTimeout(300_000);

const NAME = 'dummy-line';
const PARTS = {
  tool: NAME,
  carrier: NAME,
  'caller-stream': NAME,
  'voice-model': NAME,
  route: 'directory/dummy-line',
};
const PORTS = ['CALL_INGRESS', 'MEDIA_RELAY', 'CRM_API', 'CONTROL_API', 'TOOL_WORKER', 'POST_CALL_WORKER'];

/** The platform of a copy of the checkout, with parts that `npm run new` has written. */
describe('a call over a new carrier, a new caller stream and a new voice model', () => {
  const touched: Record<string, number> = {};
  let copy: CheckoutCopy;
  let home: string;
  let stack: CommandRun;
  let database: DataSource;
  let urls: { readonly ingress: string; readonly control: string };
  let key: string;

  beforeAll(async () => {
    const sources: string[] = [];
    copy = CheckoutCopy.make();
    for (const [kind, name] of Object.entries(PARTS)) {
      const generator = GENERATORS.find((candidate) => candidate.name === kind);
      const written = (await copy.generate(generator!, name)).map(({ path }) => path);
      touched[kind] = written.length;
      sources.push(...written.filter((path) => !path.endsWith('.spec.ts')));
    }
    fillDummies(copy, NAME);
    // generators.int.spec.ts checks the types.
    copy.transpile(sources);
    home = mkdtempSync(join(tmpdir(), 'tandem-dummy-'));
    // Programs that were fetched once are not fetched again.
    if (existsSync(join(tandemFolder, 'cache'))) {
      mkdirSync(join(home, '.tandem'));
      symlinkSync(join(tandemFolder, 'cache'), join(home, '.tandem/cache'));
    }
    const ports = await freePorts(PORTS.length);
    const env = Object.fromEntries(PORTS.map((name, index) => [`${name}_PORT`, String(ports[index])]));
    stack = CommandRun.start(home, 'start', [], { ...env, RELAY_PHRASE_PREPARATION: 'off' }, copy.root);
    await stack.printed(/^ready$/m);
    urls = { ingress: `http://127.0.0.1:${ports[0]}`, control: `http://127.0.0.1:${ports[3]}` };
    const command = CommandRun.start(home, 'key', [], {}, copy.root);
    await command.end();
    key = command.output.trim();
    const { databaseUrl } = JSON.parse(readFileSync(join(home, '.tandem/run.json'), 'utf8')) as {
      databaseUrl: string;
    };
    database = await createDataSource({ url: databaseUrl, poolSize: 1 }).initialize();
  });
  afterAll(async () => {
    if (database?.isInitialized) await database.destroy();
    await stack?.stop();
    copy?.remove();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(urls.control + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  const rows = <Row>(text: string, ...parameters: unknown[]): Promise<Row[]> =>
    acrossTenants(database, 'installation', (manager) => manager.query<Row[]>(text, parameters));

  it('takes no more files than were promised', () => {
    console.log(
      Object.entries(touched)
        .map(([kind, files]) => `${kind.padEnd(15)} ${files} files touched, at most ${MOST_TOUCHED[kind]}`)
        .join('\n'),
    );
    for (const [kind, files] of Object.entries(touched))
      expect(files).toBeLessThanOrEqual(MOST_TOUCHED[kind]!);
  });

  it('has its route answered', async () => {
    expect(await ask('GET', '/v1/dummy-line')).toEqual({ items: [] });
  });

  it('is answered, talks, uses the new tool, and is in Postgres with its transcript', async () => {
    const { items } = await ask<{ items: { id: string; publishedVersion: number }[] }>('GET', '/v1/agents');
    const { id, publishedVersion } = items[0]!;
    const { content } = await ask<{ content: object }>(
      'GET',
      `/v1/agents/${id}/versions/${publishedVersion}`,
    );
    await ask('POST', `/v1/agents/${id}/versions`, {
      ...content,
      greeting: DUMMY_TURNS.greeting,
      model: { kind: NAME },
      tools: ['dummy_line'],
      toolWait: { fillerAfterMs: 0 },
    });

    const stranger = new DummyCaller(urls.ingress, NAME, 'not the key');
    expect(await stranger.ring('call-0', CALLER, DIALLED)).toMatchObject({ status: 403 });
    const caller = new DummyCaller(urls.ingress, NAME, DUMMY_KEY);
    const answer = await caller.ring('call-1', CALLER, DIALLED);
    expect(answer).toMatchObject({ status: 200, body: { do: 'connect' } });
    await caller.connect(answer.body);
    await caller.hears('the greeting');
    await caller.speaks(600);
    await caller.hears('the answer');
    await caller.speaks(600);
    await caller.hears('the second answer');
    expect(await caller.hangUp()).toEqual({ do: 'hang-up', say: null });

    const stored = async () =>
      rows<{ id: string; channel: string; model_kind: string; termination_reason: string }>(
        'SELECT id, channel, model_kind, termination_reason FROM calls ' +
          "WHERE carrier_call_id = 'call-1' AND ended_at IS NOT NULL",
      );
    let call = await stored();
    for (let tries = 0; call.length === 0 && tries < 150; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      call = await stored();
    }
    expect(call).toEqual([
      { id: expect.any(String), channel: NAME, model_kind: NAME, termination_reason: 'caller-hangup' },
    ]);
    const callId = call[0]!.id;
    expect(
      await rows('SELECT speaker, text FROM utterances WHERE call_id = $1 ORDER BY position', callId),
    ).toEqual([
      { speaker: 'agent', text: DUMMY_TURNS.greeting },
      { speaker: 'caller', text: DUMMY_TURNS.caller },
      { speaker: 'agent', text: expect.stringContaining(DUMMY_TURNS.subject) },
      { speaker: 'caller', text: DUMMY_TURNS.caller },
      { speaker: 'agent', text: DUMMY_TURNS.reply },
    ]);
    expect(await rows('SELECT name, status FROM tool_calls WHERE call_id = $1', callId)).toEqual([
      { name: 'dummy_line', status: 'ok' },
    ]);
    expect(await ask('GET', `/v1/calls/${callId}`)).toMatchObject({ channel: NAME, status: 'completed' });
  });

  it('leaves no process and no file', async () => {
    await database.destroy();
    expect(await stack.stop()).toBe(130);
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args']);
    expect(stdout.split('\n').filter((line) => line.includes(copy.root) || line.includes(home))).toEqual([]);
    copy.remove();
    // Started by root, the stack keeps its database outside a folder that others cannot enter.
    resetStack({ folder: join(home, '.tandem') });
    rmSync(home, { recursive: true });
    expect([copy.root, home].filter((folder) => existsSync(folder))).toEqual([]);
  });
});
