export { RealtimeSimulator } from './realtime-simulator.ts';
export type { RealtimeSimulatorOptions, RunningAt, StartOptions } from './control/simulator-options.ts';
export type { SessionEnd, SimulatedSession } from './session/simulated-session.ts';
export type { RecordedEvent, RecordingOptions, SessionCounters } from './wire/recording.ts';
export type { Pace } from './responses/open-output.ts';
export type { Speak } from './audio/voice.ts';
export type { Recognise } from './conversation/caller-turns.ts';
export type { FaultAction, FaultScope, FaultSpec } from './faults/fault-spec.ts';
export type { Faults, ListedFault } from './faults/faults.ts';
export type {
  Behaviour,
  Brain,
  PlanStep,
  ResponsePlan,
  ResponseRequest,
  Utterance,
} from './behaviours/behaviour.ts';
export { latestToolOutput, verbatimRequest } from './behaviours/behaviour.ts';
export { echo } from './behaviours/echo.ts';
export { guided, type GuidedOptions } from './behaviours/guided.ts';
export { scripted, type ScriptedOptions, type ScriptedTurn } from './behaviours/scripted.ts';
export { tone } from './behaviours/tone.ts';
export { behaviourFrom, type BehaviourSpec } from './behaviours/from-spec.ts';
