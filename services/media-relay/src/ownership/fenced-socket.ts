import type { MessageSocket, SocketListener } from '@tandem/telephony';
import type { FreezeDetector } from './freeze-detector.ts';

/** Per direction: about five seconds of audio. A query to Redis takes milliseconds. */
const MAX_HELD_MESSAGES = 500;

/**
 * A caller's socket that passes no message while this relay's ownership of the call is unconfirmed. Messages
 * of both directions are held meanwhile, then passed on, or dropped with the call.
 */
export class FencedSocket implements MessageSocket {
  listener: SocketListener | null = null;
  private unsent: (string | Uint8Array)[] = [];
  private undelivered: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  private isHolding = false;
  private isMuted = false;

  constructor(
    private readonly socket: MessageSocket,
    private readonly ownership: Pick<FreezeDetector, 'isOwnershipConfirmed' | 'onConfirmed'>,
  ) {
    socket.listener = {
      onMessage: (data, isBinary) => this.onMessage(data, isBinary),
      onClosed: (code) => this.listener?.onClosed(code),
    };
  }

  get isOpen(): boolean {
    return this.socket.isOpen;
  }

  get unsentBytes(): number {
    return this.socket.unsentBytes;
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (this.isOpenForMessages) this.socket.send(...messages);
    else if (!this.isMuted && this.unsent.length < MAX_HELD_MESSAGES) this.unsent.push(...messages);
  }

  /** Drops all messages from now on, the held ones too: another relay owns the call. */
  mute(): void {
    this.isMuted = true;
    this.unsent = [];
    this.undelivered = [];
  }

  close(code: number, reason: string): void {
    this.mute();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.mute();
    this.socket.terminate();
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    if (this.isOpenForMessages) this.listener?.onMessage(data, isBinary);
    else if (!this.isMuted && this.undelivered.length < MAX_HELD_MESSAGES)
      this.undelivered.push({ data, isBinary });
  }

  /** Whether messages pass. While ownership is unconfirmed, this starts holding them. */
  private get isOpenForMessages(): boolean {
    if (this.isMuted || this.isHolding) return false;
    if (this.ownership.isOwnershipConfirmed) return true;
    this.isHolding = true;
    this.ownership.onConfirmed(() => this.release());
    return false;
  }

  private release(): void {
    this.isHolding = false;
    const { unsent, undelivered } = this;
    this.unsent = [];
    this.undelivered = [];
    if (this.isMuted) return;
    this.socket.send(...unsent);
    for (const { data, isBinary } of undelivered) this.listener?.onMessage(data, isBinary);
  }
}
