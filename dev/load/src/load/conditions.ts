import { busyMs } from '../host/machine.ts';

export const RELAY_CORE = 0;
/** Servers, workers and the driver. */
export const OTHER_CORE = 1;

/** Conditions under which a part was measured. */
export interface Conditions extends CoreShares {
  readonly measuredAt: string;
  readonly isRecorded: boolean;
  /** Distance between the relay and its far sides; absent where there was none. */
  readonly link?: string;
}

interface CoreShares {
  /** Share of the relay's core used by other processes, kernel work included. */
  readonly othersShare: number;
  /** Load of the other core. */
  readonly otherCoreShare: number;
}

/** Does a part, and returns what else the two cores did meanwhile. */
export async function shareOfCores<Part>(
  part: () => Promise<Part>,
  relayCpuMs: () => Promise<number>,
): Promise<{ readonly done: Part; readonly shares: CoreShares }> {
  const look = async () => ({
    ms: performance.now(),
    relay: await relayCpuMs(),
    own: busyMs(RELAY_CORE),
    other: busyMs(OTHER_CORE),
  });
  const before = await look();
  const done = await part();
  const after = await look();
  const ms = after.ms - before.ms;
  const othersShare = Math.max(0, (after.own - before.own - (after.relay - before.relay)) / ms);
  return { done, shares: { othersShare, otherCoreShare: (after.other - before.other) / ms } };
}
