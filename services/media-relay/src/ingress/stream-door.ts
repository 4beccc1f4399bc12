import { Inject, Injectable, Logger } from '@nestjs/common';
import type { StreamTicket } from '@tandem/contracts';
import { CONFIG, TokenRefused, type ServiceConfig } from '@tandem/platform';
import { WsMessageSocket, type MessageSocket } from '@tandem/telephony';
import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { Relay } from '../calls/relay.ts';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { StreamTickets } from './stream-tickets.ts';
import { UnauthenticatedSockets, type UnauthenticatedSocket } from './unauthenticated-sockets.ts';

/** Carriers announce a stream at once. A socket that has announced none by then is refused. */
const START_TIMEOUT_MS = 5_000;
/** Largest message of a socket without a checked ticket. */
const MAX_UNAUTHENTICATED_BYTES = 16 * 1024;
/**
 * A carrier shows its ticket within a round trip, so even a relay that gets all its calls at once needs
 * fewer.
 */
const MIN_UNAUTHENTICATED_SOCKETS = 500;
const CLOSE_TIMEOUT_MS = 1_000;

/** Close codes of RFC 6455. */
export const CLOSE_POLICY = 1008;
const CLOSE_TOO_BIG = 1009;
const CLOSE_TRY_LATER = 1013;

export type StreamRefusal =
  | 'foreign-page'
  | 'no-start'
  | 'not-a-start'
  | 'too-big'
  | 'no-ticket'
  | 'ticket-forged'
  | 'ticket-expired'
  | 'ticket-wrong-audience'
  | 'ticket-malformed'
  | 'ticket-used'
  | 'call-unknown'
  | 'call-ended'
  | 'draining'
  | 'full'
  | 'call-state-unavailable'
  | 'crowded-out'
  | 'network-not-allowed';

/** A stream a socket has announced. */
export interface AnnouncedStream {
  /** Unchecked; a promise, which does not reject, where the stream shows something that stands for it. */
  readonly ticket: string | undefined | Promise<string | undefined>;
  /** Returns the stream on the socket, for the relay to open. */
  readonly on: (socket: MessageSocket) => IncomingStream;
}

/** How streams of one kind begin. */
export interface StreamStart {
  /** Returns the stream a message announces; null for any other message. `wait`: the next one may. */
  readonly read: (message: Buffer, isBinary: boolean) => AnnouncedStream | 'wait' | null;
  readonly bytesAs: ConstructorParameters<typeof WsMessageSocket>[2];
}

/**
 * Where sockets of every kind of stream arrive: checks the ticket, has the relay claim the call, and opens
 * the stream on the raw socket. Never sees audio; keeps only the sockets without a checked ticket.
 */
@Injectable()
export class StreamDoor {
  private readonly logger = new Logger(StreamDoor.name);
  private readonly unauthenticated: UnauthenticatedSockets;

  constructor(
    @Inject(Relay) private readonly relay: Relay,
    @Inject(StreamTickets) private readonly tickets: StreamTickets,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(CONFIG) { maxCalls }: ServiceConfig<'media-relay'>,
  ) {
    const sockets = new UnauthenticatedSockets(
      { maxSockets: Math.max(MIN_UNAUTHENTICATED_SOCKETS, 2 * maxCalls), closeTimeoutMs: CLOSE_TIMEOUT_MS },
      () => this.count('crowded-out'),
    );
    this.unauthenticated = sockets;
    metrics.observeUnauthenticatedSockets(() => sockets.size);
  }

  /** Takes a new socket, whose first messages announce a stream. */
  receive(socket: WebSocket, request: IncomingMessage, start: StreamStart): void {
    socket.on('error', () => this.countError());
    this.add(socket);
    const timer = setTimeout(() => {
      stop();
      this.refuse(socket, 'no-start', CLOSE_POLICY);
    }, START_TIMEOUT_MS);
    const onMessage = (data: RawData, isBinary: boolean): void => {
      const message = data as Buffer;
      const isTooBig = message.byteLength > MAX_UNAUTHENTICATED_BYTES;
      const announced = isTooBig ? null : start.read(message, isBinary);
      if (announced === 'wait') return;
      stop();
      if (isTooBig) this.refuse(socket, 'too-big', CLOSE_TOO_BIG);
      else if (announced)
        void this.admit(socket, announced.ticket, () =>
          announced.on(new WsMessageSocket(socket, request.socket, start.bytesAs)),
        );
      else this.refuse(socket, 'not-a-start', CLOSE_POLICY);
    };
    const stop = (): void => {
      clearTimeout(timer);
      socket.off('message', onMessage);
      socket.off('close', stop);
    };
    socket.on('message', onMessage);
    socket.on('close', stop);
  }

  /** Counts a socket that has not shown a ticket yet. */
  add(socket: UnauthenticatedSocket): void {
    this.unauthenticated.add(socket);
  }

  /** The socket has shown what stands for a ticket, and is no longer limited here. */
  markAuthenticated(socket: UnauthenticatedSocket): void {
    this.unauthenticated.markAuthenticated(socket);
  }

  countError(): void {
    this.metrics.counters.socketErrors.inc();
  }

  /** Refuses a new socket before it says anything. */
  turnAway(socket: WebSocket, refusal: StreamRefusal, code: number): void {
    socket.on('error', () => this.countError());
    this.add(socket);
    this.refuse(socket, refusal, code);
  }

  /** Has the relay claim the ticket's call, or closes the socket. @param shown unchecked */
  async admit(
    socket: UnauthenticatedSocket,
    shown: AnnouncedStream['ticket'],
    incoming: () => IncomingStream,
  ): Promise<void> {
    const token = await shown;
    if (!token) return this.refuse(socket, 'no-ticket', CLOSE_POLICY);
    let ticket: StreamTicket;
    try {
      ticket = await this.tickets.check(token);
    } catch (error) {
      return this.refuse(
        socket,
        error instanceof TokenRefused ? `ticket-${error.reason}` : 'ticket-malformed',
        CLOSE_POLICY,
      );
    }
    this.unauthenticated.markAuthenticated(socket);
    try {
      const refusal = await this.relay.claimCall(ticket, incoming());
      if (refusal === 'draining' || refusal === 'full') this.refuse(socket, refusal, CLOSE_TRY_LATER);
      else if (refusal) this.refuse(socket, refusal, CLOSE_POLICY);
    } catch (error) {
      this.logger.warn({ err: error, callId: ticket.callId }, 'stream refused: call state unavailable');
      this.refuse(socket, 'call-state-unavailable', CLOSE_TRY_LATER);
    }
  }

  /** Closes a socket that has no checked ticket. */
  refuse(socket: UnauthenticatedSocket, refusal: StreamRefusal, code: number): void {
    this.count(refusal);
    this.unauthenticated.refuse(socket, code, refusal);
  }

  count(refusal: StreamRefusal): void {
    this.metrics.counters.refusedStreams.inc({ reason: refusal });
  }
}
