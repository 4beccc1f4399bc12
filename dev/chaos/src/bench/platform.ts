import type { RunningPlatform } from '@tandem/commands/platform';
import type { Bench } from './bench.ts';
import { TandemFleet } from './tandem-fleet.ts';

/** Our own platform, for scenarios that need more of it than callers do. */
export function platformOf({ fleet }: Bench): RunningPlatform {
  if (fleet instanceof TandemFleet) return fleet.platform;
  throw new TypeError('This scenario needs services that the ordinary relay does not have.');
}
