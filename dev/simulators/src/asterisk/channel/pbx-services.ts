import type { Socket } from 'node:net';
import type { Clock, Timer } from '@tandem/kit';
import type { AgentEarOptions } from '../../twilio/audio/agent-ear.ts';
import type { Ticker } from '../../twilio/audio/ticker.ts';
import type { CalleeScript } from '../call/callee.ts';
import type { LegOptions } from '../call/leg-options.ts';
import type { ReleaseBehaviour } from '../reference/release.ts';
import { Interrupted, type Channel } from './channel.ts';
import type { ChannelEvents } from './channel-events.ts';
import type { ChannelRegistry } from './channel-registry.ts';
import type { DialplanLocation } from '../dialplan/dialplan.ts';

/** A person that is dialled. */
export interface DialledPerson {
  readonly channel: Channel;
  /** Rings the phone; the script tells what comes of it. */
  ring(script: CalleeScript): void;
}

/** Services the simulator shares with each of its channels. */
export interface PbxServices {
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly ear: AgentEarOptions;
  readonly release: ReleaseBehaviour;
  /** Empty for none. */
  readonly systemName: string;
  /** Ringing, waiting, sounds and callee time run this much faster than real time; audio never does. */
  readonly speed: number;
  readonly channels: ChannelRegistry;
  readonly events: ChannelEvents;
  /** Addresses of WebSocket connections by their name in websocket_client.conf. */
  readonly webSocketClients: Readonly<Record<string, string>>;
  /** Returns how long a sound lasts, in simulated ms; null when there is no such sound. */
  readonly soundMs: (name: string) => number | null;
  /** ARI applications with a WebSocket. */
  readonly stasisApps: ReadonlySet<string>;
  /** Keeps a socket that is left open on purpose until the simulator stops. */
  readonly keepSocket: (socket: Socket) => void;
  /** Makes a person known to the simulator. */
  readonly addCall: (options: LegOptions) => DialledPerson;
  /** Runs a dialplan on a channel from a location on. */
  readonly startDialplan: (channel: Channel, at: DialplanLocation) => void;
}

/** Returns a promise that settles after simulated ms, and the timer to cancel it with. */
export function simulatedSleep(
  { clock, speed }: PbxServices,
  ms: number,
): { over: Promise<void>; timer: Timer } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { over: promise, timer: clock.after(ms / speed, resolve) };
}

/**
 * Sleeps for simulated ms. @throws Interrupted when the channel is hung up or redirected; at once in a hangup
 * handler, as `ast_safe_sleep` ends there
 */
export async function sleepOn(channel: Channel, services: PbxServices, ms: number): Promise<void> {
  if (channel.isHungUp) throw new Interrupted();
  const { over, timer } = simulatedSleep(services, ms);
  try {
    await channel.until(over);
  } finally {
    timer.cancel();
  }
}
