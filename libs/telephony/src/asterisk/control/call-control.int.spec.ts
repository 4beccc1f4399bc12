import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProviderError } from '@tandem/contracts';
import {
  type AsteriskSimulator,
  readDialplan,
  type SimulatedAsteriskCall,
  startAsteriskSimulator,
} from '@tandem/simulators';
import { AmiCalls } from './ami-calls.ts';
import type { AmiState } from './ami-connection.ts';
import { AriCalls } from './ari-calls.ts';
import { type CallControl, controlByPbx } from './call-control.ts';

/** A caller who waits; then the place a redirect goes to. */
const DIALPLAN = readDialplan(`
[test]
exten => wait,1,Answer()
 same => n,Wait(600)
exten => stasis,1,Answer()
 same => n,Stasis(tandem)
exten => relay,1,Answer()
 same => n,Dial(AudioSocket/\${RELAY}/00000000-0000-4000-8000-000000000001/c(slin),,g)
 same => n,Goto(tandem-next,s,1)
[tandem-next]
exten => s,1,NoOp(next)
 same => n,Wait(600)
`);

const failure = (change: Promise<unknown>) =>
  change.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: unknown) => error as ProviderError,
  );

describe('running calls of an Asterisk', () => {
  let pbx: AsteriskSimulator;
  let relay: Server;
  let ami: AmiCalls;
  let ari: AriCalls;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    pbx = await startAsteriskSimulator({ speed: 50 });
    relay = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    ami = amiWith({});
    ari = new AriCalls({ baseUrl: pbx.ariUrl, username: 'tandem', password: 'ari-secret' });
  });
  afterEach(async () => {
    ami.close();
    await pbx.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => relay.close(() => resolve()));
  });

  function amiWith(options: Partial<ConstructorParameters<typeof AmiCalls>[0]>): AmiCalls {
    const address = { host: '127.0.0.1', port: pbx.amiPort, username: 'tandem', secret: 'ami-secret' };
    return new AmiCalls({ ...address, firstPauseMs: 10, ...options });
  }

  /** A caller who is at this extension, past its answer. */
  async function onTheLine(extension: string): Promise<SimulatedAsteriskCall> {
    const port = (relay.address() as { port: number }).port;
    const call = pbx.placeCall({
      from: '+12025550123',
      to: '+14155550199',
      dialplan: DIALPLAN.withGlobals({ RELAY: `127.0.0.1:${port}` }),
      context: 'test',
      extension,
    });
    await call.journal.first(extension === 'relay' ? 'bridged' : 'answered');
    return call;
  }

  const steps = (call: SimulatedAsteriskCall) =>
    call.report().timeline.flatMap((entry) => (entry.kind === 'application' ? [entry.at] : []));
  async function isNext(call: SimulatedAsteriskCall): Promise<void> {
    while (!steps(call).includes('tandem-next,s,1')) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  describe.each<[string, () => CallControl]>([
    ['AMI', () => ami],
    ['ARI', () => ari],
  ])('over %s', (_, control) => {
    it('leave their relay and ask what is next', async () => {
      const call = await onTheLine('relay');
      expect(await control().redirectToNext(call.channel.uniqueId)).toBe('done');
      await isNext(call);
      expect(call.report().legs[0]!.end!.cause).toBe('closed-by-asterisk');
      expect(call.hasEnded).toBe(false);
    });

    it('are hung up', async () => {
      const call = await onTheLine('wait');
      expect(await control().hangUp(call.channel.uniqueId)).toBe('done');
      expect((await call.ended).endedBy).toMatch(/^(?:manager|rest)$/);
    });

    it('are gone when they have ended or never existed', async () => {
      const call = await onTheLine('wait');
      call.hangup();
      await call.ended;
      expect(await control().redirectToNext(call.channel.uniqueId)).toBe('gone');
      expect(await control().hangUp('1700000000.99')).toBe('gone');
      expect(await control().sendDigits('1700000000.99', '1')).toBe('gone');
    });

    it.each(['1700000000.1\r\nAction: Hangup', '1.1/../2.2', '', 'x'.repeat(200), '1 2'])(
      'are not changed by an id such as %j',
      async (id) => {
        const call = await onTheLine('wait');
        expect(await failure(control().hangUp(id))).toMatchObject({ code: 'unique-id', retryable: false });
        expect(await failure(control().sendDigits(call.channel.uniqueId, '1\r\n'))).toMatchObject({
          code: 'digits',
        });
        expect(call.hasEnded).toBe(false);
      },
    );
  });

  it('hear keys: AMI sends them anywhere, ARI only in a Stasis application', async () => {
    const call = await onTheLine('wait');
    const heard = () =>
      call.report().timeline.flatMap((entry) => (entry.kind === 'key-heard' ? [entry.digit] : []));
    expect(await ami.sendDigits(call.channel.uniqueId, '12#')).toBe('done');
    expect(heard()).toEqual(['1', '2', '#']);
    expect(await failure(ari.sendDigits(call.channel.uniqueId, '3'))).toMatchObject({
      code: 'not-in-stasis',
    });
  });

  it('that wait are not rescued over ARI: there is no relay to leave', async () => {
    const call = await onTheLine('wait');
    expect(await failure(ari.redirectToNext(call.channel.uniqueId))).toMatchObject({ code: 'no-leg' });
    expect(call.hasEnded).toBe(false);
  });

  it('in a Stasis application are continued in the dialplan', async () => {
    const socket = new WebSocket(
      `${pbx.ariUrl.replace('http', 'ws')}/ari/events?app=tandem&api_key=tandem:ari-secret`,
    );
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    const started = new Promise<{ type: string }>((resolve) =>
      socket.addEventListener(
        'message',
        ({ data }) => resolve(JSON.parse(String(data)) as { type: string }),
        { once: true },
      ),
    );
    const call = await onTheLine('stasis');
    expect(await started).toMatchObject({ type: 'StasisStart', channel: { id: call.channel.uniqueId } });
    expect(await ari.sendDigits(call.channel.uniqueId, '3')).toBe('done');
    expect(await ari.redirectToNext(call.channel.uniqueId)).toBe('done');
    await isNext(call);
    socket.close();
  });

  it('of several PBXs go to the one they came from', async () => {
    const call = await onTheLine('wait');
    const control = controlByPbx(new Map<string, CallControl>([['pbx1', ami]]));
    expect(await control.hangUp(`pbx1/${call.channel.uniqueId}`)).toBe('done');
    expect(await failure(control.hangUp(`pbx2/${call.channel.uniqueId}`))).toMatchObject({
      code: 'unknown-pbx',
    });
  });

  it('of a PBX without a name are found behind the random number that tells them from others', async () => {
    const call = await onTheLine('wait');
    const control = controlByPbx(new Map<string, CallControl>([['', ami]]));
    expect(await control.hangUp(`${call.channel.uniqueId}:123456789`)).toBe('done');
  });

  describe('when the interface fails', () => {
    it('tell a refused login, without the secret', async () => {
      const states: string[] = [];
      ami = amiWith({
        secret: 'wrong-secret',
        onState: (state, detail) => states.push(`${state}: ${detail}`),
      });
      const error = await failure(ami.hangUp('1.1'));
      expect(error).toMatchObject({ category: 'authentication', code: 'login-refused', retryable: false });
      expect(states.join()).toContain('manager.conf');
      expect(`${error.message}${states.join()}`).not.toContain('wrong-secret');
      const refused = new AriCalls({ baseUrl: pbx.ariUrl, username: 'tandem', password: 'wrong' });
      expect(await failure(refused.hangUp('1.1'))).toMatchObject({ category: 'authentication', code: '401' });
    });

    it('tell that nothing listens', async () => {
      ami = amiWith({ port: 9 });
      expect(await failure(ami.hangUp('1.1'))).toMatchObject({ category: 'connectivity', retryable: true });
      const away = new AriCalls({ baseUrl: 'http://127.0.0.1:9', username: 'tandem', password: 'x' });
      expect(await failure(away.hangUp('1.1'))).toMatchObject({ category: 'connectivity', retryable: true });
    });

    it('reconnect after a loss, once for all calls', async () => {
      const call = await onTheLine('wait');
      expect(await ami.hangUp('1.1')).toBe('gone');
      const states: AmiState[] = [];
      ami.close();
      ami = amiWith({ onState: (state) => states.push(state) });
      expect(await Promise.all([ami.hangUp('1.1'), ami.hangUp('1.2')])).toEqual(['gone', 'gone']);
      pbx.ami.cut();
      while (!states.includes('lost')) await new Promise((resolve) => setTimeout(resolve, 5));
      while (states.at(-1) !== 'ready') await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await ami.hangUp(call.channel.uniqueId)).toBe('done');
      expect(pbx.ami.logins).toBe(3);
    });

    it('give an answer up that does not come, and drop the connection', async () => {
      ami = amiWith({ timeoutMs: 100 });
      expect(await ami.hangUp('1.1')).toBe('gone');
      pbx.ami.faults.isSilent = true;
      expect(await failure(ami.hangUp('1.1'))).toMatchObject({ category: 'connectivity' });
      pbx.ami.faults.isSilent = false;
      ami.close();
      ami = amiWith({});
      expect(await ami.hangUp('1.1')).toBe('gone');
    });

    it.each([
      ['no AMI', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
      ['endless', `Asterisk Call Manager/11.0.0\r\n${'x'.repeat(20_000)}`],
    ])('refuse a server that is %s', async (_, text) => {
      const server = createServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end(text),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ami = amiWith({ port: (server.address() as { port: number }).port, timeoutMs: 500 });
      expect(await failure(ami.hangUp('1.1'))).toMatchObject({ category: 'connectivity' });
      ami.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
  });
});
