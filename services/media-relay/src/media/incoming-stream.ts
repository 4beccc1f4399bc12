import type { NewCallEvent } from '@tandem/contracts';
import type { CallerStream, Clock } from '@tandem/conversation';
import type { MessageSocket } from '@tandem/telephony';

/** A caller stream that keeps totals; they are added to the metrics when it has ended. */
export interface CountedStream extends CallerStream {
  readonly counters: Readonly<Record<string, number>>;
  /** Shows the caller an event of the call. Absent where the protocol has nothing to show it with. */
  showEvent?(event: NewCallEvent): void;
}

/** The relay's part in opening a stream. */
export interface StreamContext {
  /**
   * Wraps the socket the stream runs on, so that the relay can hold back or stop its messages. Every stream
   * runs on a wrapped socket.
   */
  readonly fence: (socket: MessageSocket) => MessageSocket;
  readonly clock: Clock;
  /** Called with a fault inside the stream; ends the call. */
  readonly onError: (error: unknown) => void;
}

/** A caller's connection with a valid ticket, as a door hands it to the relay. */
export interface IncomingStream {
  /**
   * The carrier's id of the call, which must be the one that was admitted under the ticket. Null: the
   * protocol does not say it.
   */
  readonly carrierCallId: string | null;
  /** Name of the stream's protocol, for the description of the media path. */
  readonly protocol: string;
  /** Opens the stream, once, after the call has been claimed. */
  open(context: StreamContext): CountedStream;
}
