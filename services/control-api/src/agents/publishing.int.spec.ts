import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentDirectory } from '@tandem/database';
import { AGENT_CONTENT } from '../test/given.ts';
import { RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('publishing an agent', () => {
  it('makes a version that callers get; the same content again makes none', async () => {
    const { apiKey, agentId, e164 } = await control.operator();
    const publish = (content: object) =>
      control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, content);
    const content = {
      ...AGENT_CONTENT,
      variants: [
        { key: 'control', weight: 1 },
        { key: 'short', weight: 1, instructions: 'Be very brief.' },
      ],
      limits: { budgetUsd: 2 },
    };
    expect(await publish(content)).toMatchObject({ status: 201, body: { version: 2, isNew: true } });
    expect(await publish(content)).toMatchObject({ status: 200, body: { version: 2, isNew: false } });
    const number = await new AgentDirectory(control.dataSource).findByNumber(e164);
    expect(number).toMatchObject({
      agent: { agentVersion: 2, instructions: 'Be brief.', limits: { budgetUsd: 2 } },
      experiment: { name: 'default', variants: [{ key: 'control' }, { key: 'short' }] },
    });
    expect((await control.ask('GET', `/v1/agents/${agentId}/versions`, apiKey)).body).toMatchObject({
      items: [
        { version: 2, isPublished: true },
        { version: 1, isPublished: false },
      ],
    });
    expect((await control.ask('GET', `/v1/agents/${agentId}/versions/1`, apiKey)).body).toMatchObject({
      version: 1,
      content: { instructions: 'Be kind.' },
    });
  });

  it('under the same key is done once, although other content was published meanwhile', async () => {
    const { apiKey, agentId } = await control.operator();
    const key = randomUUID();
    const publish = (instructions: string, under: string) =>
      control.ask(
        'POST',
        `/v1/agents/${agentId}/versions`,
        apiKey,
        { ...AGENT_CONTENT, instructions },
        under,
      );
    const first = await publish('First.', key);
    await publish('Second.', randomUUID());
    expect((await publish('First.', key)).text).toBe(first.text);
    expect((await control.ask('GET', '/v1/agents', apiKey)).body).toMatchObject({
      items: [{ publishedVersion: 3 }],
    });
    expect(
      (await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, AGENT_CONTENT, null)).body,
    ).toMatchObject({ code: 'idempotency-key-missing' });
  });

  it('refuses wrong content, by field', async () => {
    const { apiKey, agentId } = await control.operator();
    const refusal = async (change: object) => {
      const { status, body } = await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, {
        ...AGENT_CONTENT,
        ...change,
      });
      return `${status} ${String(body['detail'])}`;
    };
    expect(await refusal({ name: '' })).toMatch(/^400 .*name/);
    expect(await refusal({ greting: 'Hello' })).toMatch(/^400 .*greting/);
    expect(
      await refusal({
        variants: [
          { key: 'a', weight: 1 },
          { key: 'a', weight: 1 },
        ],
      }),
    ).toMatch(/^400 .*same key/);
    expect(await refusal({ variants: [{ key: 'a', weight: -1 }] })).toMatch(/^400 .*variants.*weight/);
    expect(await refusal({ maxDurationMs: 1 })).toMatch(/^400 .*maxDurationMs/);
    expect(await refusal({ idle: { afterMS: 5_000 } })).toMatch(/^400 .*idle\.afterMS.*no such field/);
    expect(await refusal({ variants: [{ key: 'a', weight: 1, interruption: { fade: 10 } }] })).toMatch(
      /^400 .*variants\.0\.interruption\.fade/,
    );
    expect(await refusal({ language: 'en_US' })).toMatch(/^400 .*language tag/);
    expect(await refusal({ timeZone: 'Mars/Olympus' })).toMatch(/^400 .*timeZone/);
    expect(await refusal({ instructions: 'x'.repeat(32_001) })).toMatch(/^400 .*instructions/);
    expect(await refusal({ greeting: 'Hello {{frist_name}}.' })).toMatch(/^400 .*frist_name/);
    expect(await refusal({ idle: { afterMs: 1 } })).toMatch(/^400 .*idle\.afterMs/);
    expect(
      await refusal({
        tools: ['end_call', 'make_coffee'],
        rules: [{ when: { kind: 'after-ms', ms: 5_000 }, change: { tools: ['dance'] } }],
      }),
    ).toMatch(/^400 .*make_coffee.*dance/);
    expect(await refusal({ ladder: [{ kind: 'transfer', department: 'nowhere' }] })).toMatch(
      /^400 .*nowhere/,
    );
    expect((await control.ask('GET', `/v1/agents/${agentId}/versions`, apiKey)).body['items']).toHaveLength(
      1,
    );
  });

  it('accepts languages in any spelling, and settings by the name of a preset', async () => {
    const { apiKey, agentId } = await control.operator();
    const published = await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, {
      ...AGENT_CONTENT,
      texts: { 'ES-mx': { greeting: 'Hola.' } },
      turnDetection: { kind: 'preset', preset: 'noisy' },
    });
    expect(published).toMatchObject({ status: 201 });
    const { body } = await control.ask(
      'GET',
      `/v1/agents/${agentId}/versions/${String(published.body['version'])}`,
      apiKey,
    );
    expect(body).toMatchObject({
      content: {
        texts: { 'es-MX': { greeting: 'Hola.' } },
        turnDetection: { kind: 'server-vad', threshold: 0.75 },
      },
    });
  });

  it('starts with a new agent', async () => {
    const { apiKey } = await control.operator();
    const made = await control.ask('POST', '/v1/agents', apiKey, { name: 'Tom' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Tom', publishedVersion: null } });
    expect(
      await control.ask('POST', `/v1/agents/${String(made.body['id'])}/versions`, apiKey, AGENT_CONTENT),
    ).toMatchObject({ status: 201, body: { version: 1 } });
  });
});
