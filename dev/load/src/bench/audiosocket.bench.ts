import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELAY_NODE_OPTIONS } from '@tandem/commands/relay-node-options';
import { favour, pin } from '../host/machine.ts';
import type { Spread } from '../pump/histogram.ts';
import { PumpProcess } from '../pump/pump-process.ts';

export interface AudioSocketLoad {
  readonly rateHz: number;
  readonly calls: number;
  readonly lost: number;
  readonly cpuMsPerCallSecond: number;
  /** Time between two frames of one call, where the PBX takes them. */
  readonly spacing: Spread;
  /** Lateness of the driver's own clock. */
  readonly lateness: Spread;
}

const CALLS = 200;
const ROUNDS = 3;
const ATTACH_EVERY_MS = 10;
const SETTLE_MS = 6_000;
const ROUND_MS = 10_000;

/** Calls over AudioSocket that talk through a relay, PBX and model in another process; the best round. */
export async function benchAudioSocket(rateHz: number): Promise<AudioSocketLoad> {
  pin(process.pid, 1);
  const pump = await PumpProcess.start();
  const relay = fork(new URL('lone-audiosocket-relay.js', import.meta.url), [pump.modelUrl], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
    execArgv: [...process.execArgv, ...RELAY_NODE_OPTIONS.split(' ')],
  });
  try {
    const [{ url }] = (await once(relay, 'message')) as [{ url: string }];
    pin(relay.pid ?? 0, 0);
    favour(relay.pid ?? 0);
    for (let call = 0; call < CALLS; call += 1) {
      await pump.attachAudioSocket(Number(new URL(url).port), rateHz);
      await sleep(ATTACH_EVERY_MS);
    }
    await sleep(SETTLE_MS);
    const cpuMs = async (): Promise<number> => {
      relay.send('cpu');
      const [{ user, system }] = (await once(relay, 'message')) as [NodeJS.CpuUsage];
      return (user + system) / 1_000;
    };
    let best: AudioSocketLoad | null = null;
    for (let round = 0; round < ROUNDS; round += 1) {
      await pump.reset();
      const before = await cpuMs();
      await sleep(ROUND_MS);
      const spent = (await cpuMs()) - before;
      const { seconds, audioSocket, lateness } = await pump.figures();
      const figures = {
        rateHz,
        calls: CALLS,
        lost: audioSocket.lost,
        cpuMsPerCallSecond: spent / seconds / CALLS,
        spacing: audioSocket.spacing,
        lateness,
      };
      if (!best || figures.cpuMsPerCallSecond < best.cpuMsPerCallSecond) best = figures;
    }
    return best as AudioSocketLoad;
  } finally {
    pump.stop();
    relay.disconnect();
  }
}
