import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { StreamKeys } from '@tandem/call-state';
import { PCM16_16K } from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { CONFIG } from '@tandem/platform';
import { WsMessageSocket } from '@tandem/telephony';
import { WebSocket, type RawData } from 'ws';
import { ChanWebSocketStreamGateway } from './chan-websocket-stream.gateway.ts';
import { MediaSocketAdapter } from './media-socket.adapter.ts';
import { StreamDoor, type AnnouncedStream, type StreamStart } from './stream-door.ts';

const UUID = '00010203-0405-8607-8809-0a0b0c0d0e0f';
const START = {
  event: 'MEDIA_START',
  connection_id: 'relay-1',
  channel: 'WebSocket/relay-1/0x7f5c',
  channel_id: '1764400000.7',
  format: 'slin16',
  optimal_frame_size: 640,
  ptime: 20,
  channel_variables: { __TANDEM_UUID: UUID },
};

/** A door that opens whatever is announced. */
class OpenDoor {
  readonly announced = Promise.withResolvers<{ stream: AnnouncedStream | 'wait' | null; on: () => void }>();
  readonly heard: number[] = [];
  readonly digits: string[] = [];

  receive(socket: WebSocket, request: { socket: never }, { read, bytesAs }: StreamStart): void {
    socket.once('message', (data: RawData, isBinary) => {
      const stream = read(data as Buffer, isBinary);
      const on = (): void => this.open(stream as AnnouncedStream, socket, request.socket, bytesAs);
      this.announced.resolve({ stream, on });
    });
  }

  private open(
    announced: AnnouncedStream,
    socket: WebSocket,
    connection: never,
    bytesAs: StreamStart['bytesAs'],
  ): void {
    const { open, carrierCallId } = announced.on(new WsMessageSocket(socket, connection, bytesAs));
    expect(carrierCallId).toBeNull();
    const fail = (error: unknown): never => {
      throw error;
    };
    const stream = open({ fence: (bare) => bare, clock: new RealClock(fail), onError: fail });
    expect([stream.format, stream.streamId]).toEqual([PCM16_16K, '1764400000.7']);
    const ignore = (): void => undefined;
    stream.attach({
      onAudio: (frame) => {
        this.heard.push(frame.byteLength);
        stream.write(frame, 'echo');
      },
      onDigit: (digit) => {
        this.digits.push(digit);
        stream.close();
      },
      onHeard: ignore,
      onSilent: ignore,
      onClosed: ignore,
    });
  }
}

const take = (relayId: string, uuid: string) =>
  Promise.resolve(relayId === 'relay-1' && uuid === UUID ? { ticket: 'the-ticket', rateHz: 8_000 } : null);

describe("the address for Asterisk's WebSocket channel", () => {
  let door: OpenDoor;
  let app: INestApplication;
  let address: string;

  beforeEach(async () => {
    door = new OpenDoor();
    class Relay {}
    Module({
      providers: [
        { provide: StreamDoor, useValue: door },
        { provide: StreamKeys, useValue: { take } },
        { provide: CONFIG, useValue: { relayId: 'relay-1' } },
        ChanWebSocketStreamGateway,
      ],
    })(Relay);
    app = await NestFactory.create(Relay, { logger: false });
    app.useWebSocketAdapter(new MediaSocketAdapter(app, 'relay-1'));
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    address = `ws://127.0.0.1:${port}/media/relay-1/chan-websocket`;
  });

  afterEach(() => app.close());

  async function connected(): Promise<WebSocket> {
    const socket = new WebSocket(address, ['media']);
    await once(socket, 'open');
    return socket;
  }

  it('takes the subprotocol of the channel, finds the ticket, and carries audio both ways', async () => {
    const socket = await connected();
    expect(socket.protocol).toBe('media');
    const texts: string[] = [];
    const audio = Promise.withResolvers<Buffer>();
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) audio.resolve(data);
      else texts.push(data.toString());
    });
    const closed = once(socket, 'close');
    socket.send(JSON.stringify(START));
    const { stream, on } = await door.announced.promise;
    expect(await (stream as AnnouncedStream).ticket).toBe('the-ticket');
    on();
    socket.send(Buffer.alloc(640, 7));
    expect(await audio.promise).toEqual(Buffer.alloc(640, 7));
    socket.send('{"event":"DTMF_END","channel_id":"1764400000.7","digit":"5"}');
    const [code] = (await closed) as [number];
    expect([door.heard, door.digits, code]).toEqual([[640], ['5'], 1000]);
    expect(texts.map((text) => (JSON.parse(text) as { command: string }).command)).toEqual([
      'MARK_MEDIA',
      'START_MEDIA_BUFFERING',
      'MARK_MEDIA',
      'HANGUP',
    ]);
  });

  it.each([
    ['audio before the start', Buffer.alloc(640)],
    ['text for people', 'MEDIA_START connection_id:relay-1 format:slin16'],
    ['a codec we cannot cut into frames', JSON.stringify({ ...START, format: 'g729' })],
  ])('announces nothing with %s', async (_what, message) => {
    const socket = await connected();
    socket.send(message);
    expect((await door.announced.promise).stream).toBeNull();
    socket.terminate();
  });

  it.each([
    ['the dialplan set no UUID', {}],
    ['the UUID is of another call', { TANDEM_UUID: UUID.replace('f', 'e') }],
    ['the UUID is none', { TANDEM_UUID: `${UUID}:*` }],
  ])('finds no ticket where %s', async (_what, channel_variables) => {
    const socket = await connected();
    socket.send(JSON.stringify({ ...START, channel_variables }));
    expect(await ((await door.announced.promise).stream as AnnouncedStream).ticket).toBeUndefined();
    socket.terminate();
  });
});
