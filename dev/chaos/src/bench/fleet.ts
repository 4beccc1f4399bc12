import type { PlaceCallOptions, RealtimeSimulator, SimulatedCall, TwilioSimulator } from '@tandem/simulators';
import type { LoggedEvent, RecordedRow } from '../history/entries.ts';
import type { BenchCall } from './bench-call.ts';
import type { MachineVoice } from './voice/machine-voice.ts';

/** The stored record of an ended call. */
export interface EndedCallRecord {
  readonly callId: string;
  readonly events: readonly LoggedEvent[];
  readonly reason: string | null;
  readonly utterances: readonly RecordedRow[];
  readonly tools: readonly { readonly name: string; readonly status: string | null }[];
}

/** The system under test: our platform, or an ordinary relay beside it. */
export interface Fleet {
  readonly kind: 'tandem' | 'plain';
  readonly twilio: TwilioSimulator;
  readonly model: RealtimeSimulator;
  readonly voice: MachineVoice;
  readonly relays: readonly string[];
  /** Places a recorded call over the fleet's carrier. Resolves when it has an id. */
  place(from: string): Promise<BenchCall>;
  ring(options?: Partial<PlaceCallOptions>): SimulatedCall;
  /** Returns the relay that holds the call; null when none does. */
  holderOf(callSid: string): Promise<string | null>;
  /** Resolves when the process has ended; at once for SIGSTOP and SIGCONT. */
  signal(instance: string, signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, ready to take calls; ends it first when it still runs. `revision` is for relays. */
  restart(instance: string, revision?: string): Promise<void>;
  /** Returns the p99 of its event loop delay since the last call of this method, in ms. */
  loopDelayMs(relay: string): Promise<number>;
  callsHeld(relay: string): Promise<number>;
  pidOf(instance: string): number | null;
  /** Returns the stored record of a call; null when there is none. */
  recordOf(callSid: string): Promise<EndedCallRecord | null>;
  stop(): Promise<void>;
}
