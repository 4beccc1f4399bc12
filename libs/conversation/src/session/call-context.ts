import type { CallLog } from '../ports/call-log.ts';
import type { Clock } from '../ports/clock.ts';
import { offsetMs, type CallInfo } from './call-info.ts';
import type { CallSignal } from './call-signals.ts';

/** The context that every part of a call is given. */
export interface CallContext {
  readonly call: CallInfo;
  readonly log: CallLog;
  readonly clock: Clock;
  /** Tells the other parts, through the switchboard. Everything that follows has happened on return. */
  readonly signal: (signal: CallSignal) => void;
  /** Ms since the call was admitted. */
  readonly atMs: () => number;
}

export function callContext(
  call: CallInfo,
  log: CallLog,
  clock: Clock,
  signal: (signal: CallSignal) => void,
): CallContext {
  return { call, log, clock, signal, atMs: () => offsetMs(call, clock) };
}
