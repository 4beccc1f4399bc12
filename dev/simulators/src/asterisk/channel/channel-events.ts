import type { Channel } from './channel.ts';

/** An event of a channel that AMI or ARI tells its clients. */
export type ChannelEvent =
  | { readonly kind: 'new'; readonly channel: Channel }
  | { readonly kind: 'state'; readonly channel: Channel }
  | { readonly kind: 'hangup'; readonly channel: Channel }
  | { readonly kind: 'dial-begin'; readonly channel: Channel; readonly peer: Channel; readonly to: string }
  | { readonly kind: 'dial-end'; readonly channel: Channel; readonly peer: Channel; readonly status: string }
  | { readonly kind: 'stasis-start'; readonly channel: Channel; readonly args: readonly string[] }
  | { readonly kind: 'stasis-end'; readonly channel: Channel; readonly app: string };

type Listener = (event: ChannelEvent) => void;

/** Events of all channels, for all listeners. */
export class ChannelEvents {
  private readonly listeners = new Set<Listener>();

  /** Returns the function that removes the listener. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: ChannelEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}
