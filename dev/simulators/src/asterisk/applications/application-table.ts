import type { Application } from './application.ts';
import { audioSocket } from './audiosocket.ts';
import { dial, queue } from './dial.ts';
import { FLOW_APPLICATIONS } from './flow.ts';
import { SOUND_APPLICATIONS } from './sound.ts';
import { stasis } from './stasis.ts';

/** The applications the simulator knows, by their names in lower case. */
export const APPLICATION_TABLE: ReadonlyMap<string, Application> = new Map<string, Application>([
  ...Object.entries(FLOW_APPLICATIONS),
  ...Object.entries(SOUND_APPLICATIONS),
  ['audiosocket', audioSocket],
  ['dial', dial],
  ['queue', queue],
  ['stasis', stasis],
]);

export const KNOWN_APPLICATIONS: ReadonlySet<string> = new Set(APPLICATION_TABLE.keys());
