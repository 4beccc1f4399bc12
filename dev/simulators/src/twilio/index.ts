export { DEFAULT_EAR, type AgentEarOptions } from './audio/agent-ear.ts';
export type { TalkTiming, ResponseTiming, InterruptionTiming } from './audio/talk-timing.ts';
export type { CallError, ErrorCode } from './reference/call-errors.ts';
export type { CallEntry, CallEndCause, CallRecording, CallReport, CallStatus } from './leg/call-report.ts';
export { PEOPLE, type PersonOptions } from './leg/callees.ts';
export type { CalleeAction, CalleeScript, DialledParty } from './leg/callee.ts';
export type { DuplicateWebhooks, Fallback } from './leg/document-source.ts';
export { WaitError } from './leg/line.ts';
export type { SimulatedCall } from './call/simulated-call.ts';
export type { CallbackFaults, StatusCallbackConfig } from './leg/status-callbacks.ts';
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
export type { PlaceCallOptions } from './leg/place-call-options.ts';
export { TwilioSimulator, type TwilioSimulatorOptions } from './twilio-simulator.ts';
export { DEFAULT_BEHAVIOUR, type UnverifiedBehaviour } from './reference/unverified-behaviour.ts';
export { signForm, type FormFields } from './webhook/signature.ts';
