import type { MessageSocket, SocketListener } from '@tandem/telephony';
import type { WakeWatch } from './wake-watch.ts';

/** About five seconds of audio; a question to Redis takes milliseconds. */
const MAX_HELD = 500;

/**
 * A caller's socket that says nothing while it is not sure whether the call is still ours. What was to be sent is held
 * for that moment, and goes out or is forgotten with the call.
 */
export class GuardedSocket implements MessageSocket {
  private held: (string | Uint8Array)[] = [];
  private isMuted = false;

  constructor(
    private readonly socket: MessageSocket,
    private readonly watch: Pick<WakeWatch, 'isSure' | 'whenSure'>,
  ) {}

  get listener(): SocketListener | null {
    return this.socket.listener;
  }

  set listener(listener: SocketListener | null) {
    this.socket.listener = listener;
  }

  get isOpen(): boolean {
    return this.socket.isOpen;
  }

  get unsentBytes(): number {
    return this.socket.unsentBytes;
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (!this.isMuted && this.watch.isSure && this.held.length === 0) return this.socket.send(...messages);
    if (this.isMuted || this.held.length >= MAX_HELD) return;
    if (this.held.length === 0) this.watch.whenSure(() => this.release());
    this.held.push(...messages);
  }

  /** Nothing is said any more: the call is somebody else's. */
  mute(): void {
    this.isMuted = true;
    this.held = [];
  }

  close(code: number, reason: string): void {
    this.mute();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.mute();
    this.socket.terminate();
  }

  private release(): void {
    const held = this.held;
    this.held = [];
    if (!this.isMuted) this.socket.send(...held);
  }
}
