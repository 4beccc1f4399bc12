import { EventEmitter } from 'node:events';
import type { MessageSocket, SocketListener } from '@tandem/telephony';

/** A carrier socket that discards what it is sent and sends nothing. */
export class NullCarrier implements MessageSocket {
  listener: SocketListener | null = null;
  readonly isOpen = true;
  readonly unsentBytes = 0;
  sent = 0;

  send(...messages: readonly (string | Uint8Array)[]): void {
    this.sent += messages.length;
  }

  close(): void {}

  terminate(): void {}

  receives(text: string): void {
    this.listener?.onMessage(Buffer.from(text), false);
  }
}

/** A socket of the provider that discards what it is sent. */
export class NullProvider extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  sent = 0;

  send(): void {
    this.sent += 1;
  }

  ping(): void {
    this.sent += 1;
  }

  close(): void {
    this.readyState = 3;
  }

  terminate(): void {
    this.readyState = 3;
  }

  receives(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }
}
