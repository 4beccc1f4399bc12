import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELAY_NODE_OPTIONS } from '@tandem/commands/relay-node-options';
import { favour, pin } from '../host/machine.ts';
import type { Spread } from '../pump/histogram.ts';
import { PumpProcess } from '../pump/pump-process.ts';

export interface SocketWalk {
  readonly calls: number;
  /** CPU time of the process, kernel included, for one second of one call. */
  readonly cpuMsPerCallSecond: number;
  readonly toModel: Spread;
  readonly toCaller: Spread;
}

const CALLS = 200;
const ROUNDS = 3;
const ATTACH_EVERY_MS = 10;
const SETTLE_MS = 6_000;
const ROUND_MS = 6_000;

export const STRAIGHT_WIRE = new URL('../pump/straight-wire.js', import.meta.url);

/**
 * The walk over real sockets, carrier and model in another process: through a relay, and through the shortest
 * way there is.
 */
export async function benchSocketWalks(): Promise<{ relay: SocketWalk; straight: SocketWalk }> {
  return {
    straight: await walkThrough(STRAIGHT_WIRE, CALLS, ROUNDS),
    relay: await walkThrough(new URL('lone-relay.js', import.meta.url), CALLS, ROUNDS),
  };
}

/** Calls through a program that takes streams without a ticket; the best of some rounds. */
export async function walkThrough(program: URL, calls: number, rounds: number): Promise<SocketWalk> {
  pin(process.pid, 1);
  const pump = await PumpProcess.start();
  const relay = fork(program, [pump.modelUrl], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
    execArgv: [...process.execArgv, ...RELAY_NODE_OPTIONS.split(' ')],
  });
  try {
    const [{ url }] = (await once(relay, 'message')) as [{ url: string }];
    pin(relay.pid ?? 0, 0);
    favour(relay.pid ?? 0);
    for (let call = 0; call < calls; call += 1) {
      await pump.attach(url);
      await sleep(ATTACH_EVERY_MS);
    }
    await sleep(SETTLE_MS);
    const cpuMs = async (): Promise<number> => {
      relay.send('cpu');
      const [{ user, system }] = (await once(relay, 'message')) as [NodeJS.CpuUsage];
      return (user + system) / 1000;
    };
    let best: SocketWalk | null = null;
    for (let round = 0; round < rounds; round += 1) {
      await pump.reset();
      const before = await cpuMs();
      await sleep(ROUND_MS);
      const spent = (await cpuMs()) - before;
      const { seconds, model, carrier } = await pump.figures();
      const figures = {
        calls,
        cpuMsPerCallSecond: spent / seconds / calls,
        toModel: model.latency,
        toCaller: carrier.latency,
      };
      if (!best || figures.cpuMsPerCallSecond < best.cpuMsPerCallSecond) best = figures;
    }
    return best as SocketWalk;
  } finally {
    pump.stop();
    relay.disconnect();
  }
}
