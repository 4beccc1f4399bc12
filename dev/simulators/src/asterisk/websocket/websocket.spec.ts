import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import { until } from '../../twilio/testing/bench.ts';
import type { PlaceCallOptions } from '../place-call-options.ts';
import { entries, PbxBench } from '../testing/pbx-bench.ts';

const FRAME_BYTES = 640;

interface Told {
  readonly event: string;
  readonly correlation_id?: string;
  readonly [field: string]: unknown;
}

/** A relay that does nothing by itself. */
class FakeRelay {
  readonly told: Told[] = [];
  readonly frames: Buffer[] = [];
  socket: WebSocket | null = null;
  protocol = '';

  constructor(readonly server: WebSocketServer) {
    server.on('connection', (socket) => {
      this.socket = socket;
      this.protocol = socket.protocol;
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.frames.push(data);
        else this.told.push(JSON.parse(data.toString()) as Told);
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/media`;
  }

  says(command: string, mark?: string): void {
    this.socket?.send(JSON.stringify({ command, ...(mark !== undefined && { correlation_id: mark }) }));
  }

  plays(bytes: number, level = 8_000): void {
    const audio = Buffer.alloc(bytes);
    for (let at = 0; at + 1 < bytes; at += 2) audio.writeInt16LE(at % 4 === 0 ? level : -level, at);
    this.socket?.send(audio);
  }

  /** Names of the events after the first one. */
  get events(): readonly string[] {
    return this.told.slice(1).map(({ event, correlation_id: mark }) => `${event} ${mark ?? ''}`.trim());
  }
}

describe("Asterisk's WebSocket channel", () => {
  let bench: PbxBench;
  let relay: FakeRelay;

  beforeEach(async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    relay = new FakeRelay(server);
    bench = await PbxBench.open({ webSocketClients: { 'relay-1': relay.url, gone: 'ws://127.0.0.1:1/' } });
  });
  afterEach(async () => {
    await bench.close();
    relay.server.close();
  });

  const dialled = (target = 'relay-1/c(slin16)f(json)', options: Partial<PlaceCallOptions> = {}) =>
    bench.dial(
      ['Set(__TANDEM_UUID=the-uuid)', 'Set(OWN=1)', `Dial(WebSocket/${target},,g)`, 'NoOp(after)'],
      options,
    );
  const isConnected = () => until(() => relay.told.length > 0 && relay.frames.length > 2);

  it('announces itself with the variables it inherits, then sends a frame every 20 ms', async () => {
    const call = dialled();
    await isConnected();
    expect(relay.protocol).toBe('media');
    expect(relay.told[0]).toMatchObject({
      event: 'MEDIA_START',
      connection_id: 'relay-1',
      format: 'slin16',
      optimal_frame_size: FRAME_BYTES,
      ptime: 20,
      channel_variables: { __TANDEM_UUID: 'the-uuid' },
    });
    expect(relay.told[0]?.['channel_variables']).not.toHaveProperty('OWN');
    expect(new Set(relay.frames.map(({ length }) => length))).toEqual(new Set([FRAME_BYTES]));
    call.press('5');
    await until(() => relay.told.length > 1);
    expect(relay.told[1]).toMatchObject({ event: 'DTMF_END', digit: '5' });
    call.hangup();
    await call.ended;
  });

  it('plays what it gets to the phone, and reports each mark when it is reached', async () => {
    const call = dialled();
    await isConnected();
    relay.plays(FRAME_BYTES * 20);
    relay.says('MARK_MEDIA', 'one');
    relay.says('MARK_MEDIA', 'two');
    relay.says('GET_STATUS');
    await call.waitForSpeech();
    await until(() => relay.told.length > 3);
    expect(relay.events).toEqual(['STATUS', 'MEDIA_MARK_PROCESSED one', 'MEDIA_MARK_PROCESSED two']);
    call.hangup();
    expect((await call.ended).errors).toEqual([]);
  });

  it('fills the rest up in buffering mode, and drops it outside of it', async () => {
    const call = dialled();
    await isConnected();
    relay.says('START_MEDIA_BUFFERING');
    relay.plays(FRAME_BYTES + 100);
    relay.says('STOP_MEDIA_BUFFERING', 'end');
    await until(() => relay.told.length > 1);
    expect(relay.events).toEqual(['MEDIA_BUFFERING_COMPLETED end']);
    relay.plays(FRAME_BYTES + 100);
    relay.says('MARK_MEDIA', 'after');
    await until(() => relay.told.length > 2);
    call.hangup();
    expect((await call.ended).errors).toEqual([
      'WebSocket/relay-1: 100 bytes were dropped: they fill no frame',
    ]);
  });

  it('drops marks with the audio at a flush', async () => {
    const call = dialled();
    await isConnected();
    relay.plays(FRAME_BYTES * 100);
    relay.says('MARK_MEDIA', 'never');
    relay.says('FLUSH_MEDIA');
    relay.says('MARK_MEDIA', 'silent');
    await until(() => relay.told.length > 1);
    expect(relay.events).toEqual(['MEDIA_MARK_PROCESSED silent']);
    call.hangup();
    await call.ended;
  });

  it('says when to stop, and drops what comes beyond 1,000 frames', async () => {
    const call = dialled();
    await isConnected();
    relay.plays(FRAME_BYTES * 1_100);
    relay.plays(FRAME_BYTES);
    relay.says('GET_STATUS');
    await until(() => relay.told.length > 2);
    expect(relay.events).toEqual(['MEDIA_XOFF', 'STATUS']);
    relay.says('FLUSH_MEDIA');
    await until(() => relay.told.length > 3);
    expect(relay.events.at(-1)).toBe('MEDIA_XON');
    call.hangup();
    expect((await call.ended).errors).toEqual([expect.stringContaining('1000 frames wait already')]);
  });

  it.each(['{', '"HANGUP"', '{"command":"JUMP"}', `{"command":"MARK_MEDIA","x":"${'x'.repeat(128)}"}`])(
    'ignores the command %s, with an error',
    async (text) => {
      const call = dialled();
      await isConnected();
      relay.socket?.send(text);
      await until(() => relay.told.length > 1);
      expect(relay.events).toEqual(['ERROR']);
      call.hangup();
      expect((await call.ended).errors).toHaveLength(1);
    },
  );

  it.each([
    ['a command', 'hung-up-by-relay', () => relay.says('HANGUP')],
    ['a close frame', 'closed-by-relay', () => relay.socket?.close(1008)],
    ['a broken connection', 'closed-by-relay', () => relay.socket?.terminate()],
  ])('leaves the caller in the dialplan when the relay ends it with %s', async (_how, cause, ends) => {
    const call = dialled();
    await isConnected();
    ends();
    const report = await call.ended;
    expect(report.legs).toMatchObject([{ form: 'websocket', address: 'relay-1', end: { cause } }]);
    expect(entries(report, 'application').at(-1)?.args).toBe('after');
  });

  it.each(['gone', 'unknown'])('goes on when nobody takes the connection %s', async (connection) => {
    const report = await dialled(`${connection}/c(slin)f(json)`).ended;
    expect(report.legs).toMatchObject([{ address: connection, end: { cause: 'connect-failed' } }]);
    expect(entries(report, 'application').at(-1)?.args).toBe('after');
  });

  it.each(['relay-1', 'relay-1/c(slin16)', 'relay-1/c(opus)f(json)', 'relay-1/c(slin16)f(json)p'])(
    'takes no options but codec and JSON: %s',
    async (target) => {
      expect((await dialled(target).ended).endedBy).toBe('dialplan-error');
    },
  );
});
