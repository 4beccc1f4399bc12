import type { Scenario } from '../../run/scenario.ts';
import { relayFrozen } from './relay-frozen.ts';
import { relayKilled } from './relay-killed.ts';
import { relayDrained } from './relays-drained.ts';

/** Returns a scenario with the calls of browsers in place of the carrier's. */
function overSoftphone(scenario: Scenario): Scenario {
  const { fault: _ofCarrier, ...rest } = scenario;
  return {
    ...rest,
    name: `${scenario.name}-softphone`,
    about: `${scenario.about}, with calls of browsers`,
    isForPlain: false,
    fleet: { ...scenario.fleet, from: 'softphone' },
    calls: 30,
  };
}

/** R1, R3 and R6 with calls of the shipped softphone. */
export const softphoneRelayKilled = overSoftphone(relayKilled);
export const softphoneRelayFrozen = overSoftphone(relayFrozen);
export const softphoneRelayDrained = overSoftphone(relayDrained);
