import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { StreamKeys, type RegisteredStream } from '@tandem/call-state';
import { CONFIG, isListed, networksOf, type Networks, type ServiceConfig } from '@tandem/platform';
import {
  AudioSocketConnection,
  AudioSocketStream,
  audioRateOf,
  FRAME_KIND,
  idOf,
  PlayoutClock,
  silenceFrame,
} from '@tandem/telephony';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { CLOSE_POLICY, StreamDoor, type StreamRefusal } from './stream-door.ts';

/** Asterisk sends the UUID as soon as it is connected, and gives up on its own side after as long. */
const ID_TIMEOUT_MS = 2_000;
/**
 * How long the first audio is waited for, whose kind tells the rate. Silence is written meanwhile: a phone
 * may wait for our first audio before it sends its own.
 */
const RATE_TIMEOUT_MS = 1_000;
/** A reason is logged once in this time: anybody in the networks may connect. */
const LOG_EVERY_MS = 10_000;

const WHY: Readonly<Partial<Record<StreamRefusal, string>>> = {
  'network-not-allowed': 'AudioSocket refused: its address is in none of AUDIOSOCKET_ALLOWED_NETWORKS',
  'no-start': 'AudioSocket refused: no UUID within 2 s of the connection',
  'not-a-start': 'AudioSocket refused: its first frame is not a UUID',
  'call-state-unavailable': 'AudioSocket refused: call state does not answer',
  'no-ticket': 'AudioSocket refused: its UUID is unknown, used, expired or of another relay',
};

/**
 * Takes calls of Asterisk over AudioSocket: a TCP port of the relay's own. The UUID that a connection begins
 * with stands for a ticket that call-ingress has registered; it is good once.
 */
@Injectable()
export class AudioSocketDoor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AudioSocketDoor.name);
  private readonly networks: Networks;
  private readonly server = createServer((socket) => this.receive(socket));
  private readonly loggedAt = new Map<StreamRefusal, number>();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(StreamDoor) private readonly door: StreamDoor,
    @Inject(StreamKeys) private readonly streams: StreamKeys,
    @Inject(PlayoutClock) private readonly playout: PlayoutClock,
  ) {
    this.networks = networksOf(config.audioSocketNetworks);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { audioSocketPort, host } = this.config;
    if (audioSocketPort === undefined) return;
    this.server.listen(audioSocketPort, host);
    await once(this.server, 'listening');
    this.logger.log({ address: this.publicAddress }, 'AudioSocket listening');
  }

  onApplicationShutdown(): void {
    this.server.close();
  }

  /** host:port as a PBX reaches it; undefined while there is none. */
  get publicAddress(): string | undefined {
    const bound = this.server.address() as AddressInfo | null;
    if (!bound) return undefined;
    const { audioSocketPublicHost, relayAddress, relayId } = this.config;
    const host =
      audioSocketPublicHost?.replaceAll('{relay}', relayId) ??
      (relayAddress ? new URL(relayAddress).hostname : '127.0.0.1');
    return /:\d{1,5}$/.test(host) ? host : `${host}:${bound.port}`;
  }

  private receive(socket: Socket): void {
    if (!isListed(this.networks, socket.remoteAddress ?? '')) {
      socket.on('error', () => this.door.countError());
      this.note('network-not-allowed');
      this.door.count('network-not-allowed');
      socket.destroy();
      return;
    }
    const connection = new AudioSocketConnection(socket, () => this.door.countError());
    this.door.add(connection);
    const timer = setTimeout(() => this.refuse(connection, 'no-start'), ID_TIMEOUT_MS);
    connection.listener = {
      onMessage: (frame) => {
        clearTimeout(timer);
        connection.listener = null;
        if (frame[0] === FRAME_KIND.id) void this.admit(connection, idOf(frame));
        else this.refuse(connection, 'not-a-start');
      },
      onClosed: () => clearTimeout(timer),
    };
  }

  private async admit(connection: AudioSocketConnection, streamId: string): Promise<void> {
    let registered: RegisteredStream | null;
    try {
      registered = await this.streams.take(this.config.relayId, streamId);
    } catch {
      return this.refuse(connection, 'call-state-unavailable');
    }
    if (!registered) return this.refuse(connection, 'no-ticket');
    this.door.markAuthenticated(connection);
    const rateHz = (await this.firstRate(connection, registered.rateHz)) ?? registered.rateHz;
    await this.door.admit(connection, registered.ticket, () =>
      incomingAudioSocket(connection, streamId, rateHz, this.playout),
    );
  }

  /** Returns the rate of the first audio in Hz; null when none comes in time. */
  private firstRate(connection: AudioSocketConnection, silenceHz: number): Promise<number | null> {
    const silence = silenceFrame(silenceHz);
    const player = {
      play: (frames: number) => {
        for (let count = 0; count < frames; count += 1) connection.send(silence);
      },
    };
    this.playout.add(player);
    return new Promise((resolve) => {
      const done = (rateHz: number | null): void => {
        clearTimeout(timer);
        this.playout.delete(player);
        connection.listener = null;
        resolve(rateHz);
      };
      const timer = setTimeout(() => done(null), RATE_TIMEOUT_MS);
      connection.listener = {
        onMessage: ([kind]) => {
          const rateHz = kind === undefined ? undefined : audioRateOf(kind);
          if (rateHz !== undefined) done(rateHz);
        },
        onClosed: () => done(null),
      };
    });
  }

  private refuse(connection: AudioSocketConnection, refusal: StreamRefusal): void {
    connection.listener = null;
    this.note(refusal);
    this.door.refuse(connection, refusal, CLOSE_POLICY);
  }

  private note(refusal: StreamRefusal): void {
    const now = performance.now();
    if (now - (this.loggedAt.get(refusal) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return;
    this.loggedAt.set(refusal, now);
    this.logger.warn({ reason: refusal }, WHY[refusal] ?? 'AudioSocket refused');
  }
}

function incomingAudioSocket(
  connection: AudioSocketConnection,
  streamId: string,
  rateHz: number,
  playout: PlayoutClock,
): IncomingStream {
  return {
    carrierCallId: null,
    protocol: 'AudioSocket',
    open: ({ fence, clock, onError }) =>
      new AudioSocketStream(fence(connection), streamId, rateHz, playout, clock, onError),
  };
}
