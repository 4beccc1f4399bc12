import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDialplan } from '../asterisk-simulator.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import { PbxBench } from '../testing/pbx-bench.ts';

const DIALPLAN = readDialplan(`
[test]
exten => s,1,Answer()
 same => n,Stasis(agents,blue)
 same => n,NoOp(\${STASISSTATUS})
 same => n,Wait(600)
[other]
exten => s,1,NoOp(arrived)
 same => n,Wait(600)
`);

describe('the REST interface', () => {
  let bench: PbxBench;

  beforeEach(async () => {
    bench = await PbxBench.open({ dialplan: DIALPLAN });
  });
  afterEach(() => bench.close());

  async function ask(method: string, path: string, login = 'tandem:ari-secret') {
    const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
    const response = await fetch(`${bench.pbx.ariUrl}/ari/${path}`, { method, headers });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  async function caller(): Promise<SimulatedCall> {
    const call = bench.call({});
    await call.journal.first('answered');
    return call;
  }

  async function application(): Promise<{ events: { type: string }[]; close: () => void }> {
    const url = `${bench.pbx.ariUrl.replace('http', 'ws')}/ari/events?app=agents&api_key=tandem:ari-secret`;
    const socket = new WebSocket(url);
    const events: { type: string }[] = [];
    socket.addEventListener('message', ({ data }) =>
      events.push(JSON.parse(String(data)) as { type: string }),
    );
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    return { events, close: () => socket.close() };
  }

  it('lets in who has the password', async () => {
    expect(await ask('GET', 'channels')).toEqual({ status: 200, body: [] });
    expect(await ask('GET', 'channels', 'tandem:wrong')).toEqual({
      status: 401,
      body: { message: 'Authentication required' },
    });
  });

  it('shows channels, by unique id or name, and their variables', async () => {
    const { channel } = await caller();
    const shown = { id: channel.uniqueId, name: channel.name, state: 'Up' };
    expect((await ask('GET', 'channels')).body).toMatchObject([shown]);
    expect((await ask('GET', `channels/${channel.uniqueId}`)).body).toMatchObject(shown);
    expect((await ask('GET', `channels/${encodeURIComponent(channel.name)}`)).body).toMatchObject(shown);
    const variable = (name: string) => ask('GET', `channels/${channel.uniqueId}/variable?variable=${name}`);
    expect((await variable('STASISSTATUS')).body).toEqual({ value: 'FAILED' });
    expect(await variable('NOPE')).toEqual({
      status: 404,
      body: { message: 'Provided variable was not found' },
    });
  });

  it.each([
    ['GET', 'channels/nope', 404, 'Channel not found'],
    ['DELETE', 'channels/nope', 404, 'Channel not found'],
    ['POST', 'channels/nope/continue', 404, 'Channel not found'],
    ['POST', 'channels/nope/dtmf?dtmf=1', 404, 'Channel not found'],
    ['GET', 'channels/nope/variable?variable=A', 404, 'Provided channel was not found'],
    ['PUT', 'channels', 405, 'Invalid method'],
    ['GET', 'endpoints', 404, 'Resource not found'],
  ])('answers %s %s with %i', async (method, path, status, message) => {
    expect(await ask(method, path)).toEqual({ status, body: { message } });
  });

  it.each(['continue', 'redirect?endpoint=PJSIP/200', 'dtmf?dtmf=1'])(
    'does not %s a channel that is not in a Stasis application',
    async (operation) => {
      const { channel } = await caller();
      expect(await ask('POST', `channels/${channel.uniqueId}/${operation}`)).toEqual({
        status: 409,
        body: { message: 'Channel not in Stasis application' },
      });
    },
  );

  it('hangs any channel up', async () => {
    const call = await caller();
    expect((await ask('DELETE', `channels/${call.channel.uniqueId}`)).status).toBe(204);
    expect((await call.ended).endedBy).toBe('rest');
  });

  it('hands channels of an application to it: events, keys, on in the dialplan', async () => {
    const { events, close } = await application();
    const call = await caller();
    const path = `channels/${call.channel.uniqueId}`;
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(events[0]).toMatchObject({ type: 'StasisStart', application: 'agents', args: ['blue'] });
    expect((await ask('POST', `${path}/dtmf?dtmf=12`)).status).toBe(204);
    expect(await ask('POST', `${path}/dtmf`)).toMatchObject({ status: 400 });
    expect((await ask('POST', `${path}/continue?context=other&extension=s&priority=1`)).status).toBe(204);
    while (!events.some(({ type }) => type === 'StasisEnd'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    const done = () =>
      call.report().timeline.some((entry) => entry.kind === 'application' && entry.args === 'arrived');
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(call.report().timeline.filter(({ kind }) => kind === 'key-heard')).toHaveLength(2);
    close();
  });

  it('continues at the next priority when no place is named', async () => {
    const { close } = await application();
    const call = await caller();
    while (call.channel.stasisApp === null) await new Promise((resolve) => setTimeout(resolve, 5));
    await ask('POST', `channels/${call.channel.uniqueId}/continue`);
    const done = () =>
      call.report().timeline.some((entry) => entry.kind === 'application' && entry.args === 'SUCCESS');
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
    close();
  });

  it.each([
    ['PJSIP', "Endpoint parameter 'PJSIP' does not contain tech/resource"],
    ['PJSIP/', "No resource provided in endpoint parameter 'PJSIP/'"],
    ['IAX2/200', "Endpoint technology 'IAX2' does not match channel technology 'PJSIP'"],
  ])('refers to %s only by the technology of the channel', async (endpoint, message) => {
    const { close } = await application();
    const call = await caller();
    while (call.channel.stasisApp === null) await new Promise((resolve) => setTimeout(resolve, 5));
    const path = `channels/${call.channel.uniqueId}/redirect?endpoint=`;
    expect(await ask('POST', path + encodeURIComponent(endpoint))).toEqual({
      status: 422,
      body: { message },
    });
    expect((await ask('POST', `${path}PJSIP%2F200`)).status).toBe(204);
    expect((await call.ended).timeline).toContainEqual(
      expect.objectContaining({ kind: 'redirected', to: 'PJSIP/200' }),
    );
    close();
  });

  it('gives no events to who has no password or names no application', async () => {
    for (const query of ['app=agents&api_key=tandem:wrong', 'api_key=tandem:ari-secret']) {
      const socket = new WebSocket(`${bench.pbx.ariUrl.replace('http', 'ws')}/ari/events?${query}`);
      await new Promise((resolve) => socket.addEventListener('error', resolve));
    }
  });
});
