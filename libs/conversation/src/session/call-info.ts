import type { AgentSnapshot, Caller, CallId, CallParameters, TenantId } from '@tandem/contracts';
import type { Clock } from '../ports/clock.ts';

/** The facts of a call that do not change while one relay holds it. */
export interface CallInfo {
  readonly callId: CallId;
  readonly tenantId: TenantId;
  /** Epoch of the relay that attached the stream; part of every tool call id. */
  readonly epoch: number;
  readonly callerNumber: string;
  readonly dialledNumber: string;
  /** The carrier's finding on the caller's right to their number, where it has said one. */
  readonly attestation?: string;
  readonly caller: Caller;
  /** Parameters that the caller's app gave to the call: untrusted. */
  readonly parameters?: CallParameters;
  /** BCP 47 tag of the language the call begins in. */
  readonly language: string;
  /** Unix time in ms; the zero of all `…AtMs`. */
  readonly admittedAt: number;
  readonly agent: AgentSnapshot;
}

/** Returns the ms since admission, on the wall clock, so that it goes on when the call changes relays. */
export function offsetMs(call: CallInfo, clock: Clock): number {
  return Math.max(0, Math.round(clock.wallTime() - call.admittedAt));
}
