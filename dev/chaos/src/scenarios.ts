import type { Scenario } from './scenario.ts';
import { relayKilled } from './scenarios/relay-killed.ts';

/** Everything that can be made to go wrong, in the order it is. */
export const SCENARIOS: readonly Scenario[] = [relayKilled];
