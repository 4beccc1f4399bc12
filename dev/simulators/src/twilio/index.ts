export { DEFAULT_EAR, type AgentEarOptions } from './audio/agent-ear.ts';
export type { TalkTiming, ResponseTiming, InterruptionTiming } from './audio/talk-timing.ts';
export type { CallError, ErrorCode } from './call-errors.ts';
export type { CallEntry, CallEndCause, CallRecording, CallReport, CallStatus } from './call/call-report.ts';
export { PEOPLE, type PersonOptions } from './call/callees.ts';
export type { CalleeAction, CalleeScript, DialledParty } from './call/callee.ts';
export type { DuplicateWebhooks, Fallback } from './call/document-source.ts';
export { WaitError } from './call/line.ts';
export type { SimulatedCall } from './call/simulated-call.ts';
export type { CallbackFaults, StatusCallbackConfig } from './call/status-callbacks.ts';
export {
  readScenario,
  ScenarioError,
  type Scenario,
  type ScenarioExpectation,
  type ScenarioTurn,
} from './scenario/scenario.ts';
export {
  runScenario,
  type ScenarioReport,
  type ScenarioRunOptions,
  type SpeakLine,
} from './scenario/scenario-runner.ts';
export { SCENARIOS, findScenario } from './scenario/scenarios.ts';
export { speakFromFolder, speakTones } from './scenario/lines.ts';
export type { MediaStream } from './stream/media-stream.ts';
export type { StreamReport } from './stream/stream-report.ts';
export { MALFORMED_MESSAGES, StreamFaults, type StreamFault } from './stream/stream-faults.ts';
export { TwilioSimulator, type PlaceCallOptions, type TwilioSimulatorOptions } from './twilio-simulator.ts';
export { DEFAULT_BEHAVIOUR, type UnverifiedBehaviour } from './unverified-behaviour.ts';
export { signForm, type FormFields } from './webhook/signature.ts';
