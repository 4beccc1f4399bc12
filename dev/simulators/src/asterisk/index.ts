export type { CallEntry as AsteriskCallEntry, CallReport as AsteriskCallReport } from './call/call-report.ts';
export { ASTERISK_PEOPLE } from './call/people.ts';
export type { CalleeScript as AsteriskCalleeScript } from './call/callee.ts';
export type { SimulatedCall as SimulatedAsteriskCall } from './call/simulated-call.ts';
export type { LegFault, OpeningFault } from './audiosocket/leg-faults.ts';
export type { LegReport } from './audiosocket/leg-report.ts';
export { SHIPPED_DIALPLAN } from './reference/shipped-dialplan.ts';
export type { Dialplan } from './dialplan/dialplan.ts';
export { runAsteriskScenario } from './scenario/scenario-runner.ts';
export type { PlaceCallOptions as PlaceAsteriskCallOptions } from './place-call-options.ts';
export {
  AsteriskSimulator,
  type AsteriskSimulatorOptions,
  loadDialplan,
  readDialplan,
  startAsteriskSimulator,
} from './asterisk-simulator.ts';
