import type { AgentSnapshot, Caller, CallId, TenantId } from '@tandem/contracts';
import type { Clock } from '../ports/clock.ts';

/** What is fixed about a call while one relay holds it. */
export interface CallInfo {
  readonly callId: CallId;
  readonly tenantId: TenantId;
  /** Of the owner that attached the stream; part of every tool call id. */
  readonly epoch: number;
  readonly callerNumber: string;
  readonly dialledNumber: string;
  readonly caller: Caller;
  /** BCP 47; the call begins in it. */
  readonly language: string;
  /** Unix time in ms; zero of all `…AtMs`. */
  readonly admittedAt: number;
  readonly agent: AgentSnapshot;
}

/** Ms since the call was admitted, on the wall clock so that it goes on over a change of relay. */
export function offsetMs(call: CallInfo, clock: Clock): number {
  return Math.max(0, Math.round(clock.wallTime() - call.admittedAt));
}
