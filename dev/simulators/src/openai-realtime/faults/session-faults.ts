import type { Clock, Timer } from '@tandem/kit';
import type { FaultAction, FaultMoment, FaultSpec } from './fault-spec.ts';

/** Faults that strike a session; those of handshakes and responses are queried instead. */
export type Strike = Extract<
  FaultAction,
  { kind: 'hang' | 'cut' | 'error-event' | 'bad-event' | 'expire' | 'stall-reading' | 'fail-response' }
>;

/** The effects that faults have on a session. */
export interface FaultTarget {
  readonly id: string;
  readonly ageMs: number;
  strike(action: Strike): void;
}

/** The sum of the faults of one response. */
interface ResponseFaults {
  readonly extraFirstByteMs: number;
  readonly audioRate: number | null;
  readonly failAs: Extract<FaultAction, { kind: 'fail-response' }>['as'] | null;
}

/** A fault that is switched on. */
export interface FaultEntry {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly moment: FaultMoment;
  /** Sessions that were open when the fault was added. */
  readonly bornWith: ReadonlySet<string>;
  struck: number;
}

/** The faults that are switched on, as a session asks for them. */
interface FaultSource {
  waitingFor(moment: FaultMoment): FaultEntry[];
  claim(entry: FaultEntry, sessionId: string | null): boolean;
  detach(sessionId: string): void;
}

const STRIKES: ReadonlySet<string> = new Set<Strike['kind']>([
  'hang',
  'cut',
  'error-event',
  'bad-event',
  'expire',
  'stall-reading',
  'fail-response',
]);

function isStrike(spec: FaultSpec): spec is FaultSpec & Strike {
  return STRIKES.has(spec.kind);
}

/** One session's view of the faults, with its timers and the responses they struck. */
export class SessionFaults {
  private readonly faults: FaultSource;
  private readonly victim: FaultTarget;
  private readonly clock: Clock;
  private readonly timers: Timer[] = [];
  private readonly struckInResponse = new Set<string>();
  private readonly due = new Set<FaultEntry>();

  constructor(faults: FaultSource, victim: FaultTarget, clock: Clock) {
    this.faults = faults;
    this.victim = victim;
    this.clock = clock;
  }

  arm(entry: FaultEntry): void {
    const delayMs = Math.max(0, (entry.spec.afterOpenMs ?? 0) - this.victim.ageMs);
    if (delayMs === 0) this.due.add(entry);
    this.timers.push(
      this.clock.after(delayMs, () => (delayMs === 0 ? this.strikeDue() : this.strike(entry))),
    );
  }

  /**
   * Applies the faults that are due. Called before client messages are read: a fault at the opening comes
   * first.
   */
  strikeDue(): void {
    const due = [...this.due];
    this.due.clear();
    for (const entry of due) this.strike(entry);
  }

  /** Applies the faults at the start of a response and returns the sum of its faults. */
  onResponse(index: number): ResponseFaults {
    let extraFirstByteMs = 0;
    let audioRate: number | null = null;
    let failAs: ResponseFaults['failAs'] = null;
    for (const entry of this.faults.waitingFor('response')) {
      const { spec } = entry;
      if (spec.response !== undefined && spec.response !== 'each' && spec.response !== index) continue;
      if (!this.faults.claim(entry, this.victim.id)) continue;
      if (spec.kind === 'slow-first-byte') extraFirstByteMs += spec.delayMs;
      else if (spec.kind === 'slow-audio') audioRate = spec.audioRate;
      else if (spec.kind === 'fail-response') failAs = spec.as;
      else if (isStrike(spec)) this.victim.strike(spec);
    }
    return { extraFirstByteMs, audioRate, failAs };
  }

  /** Audio of a response has been sent; each fault strikes once in a response. */
  onAudio(index: number, sentMs: number): void {
    for (const entry of this.faults.waitingFor('audio')) {
      const { spec } = entry;
      const key = `${entry.id}:${index}`;
      if (sentMs < (spec.audioMs ?? 0) || this.struckInResponse.has(key)) continue;
      if (spec.response !== 'each' && spec.response !== index) continue;
      this.struckInResponse.add(key);
      this.strike(entry);
    }
  }

  /** Returns whether this transcription fails. */
  failsTranscription(): boolean {
    return this.strikesAt('transcription');
  }

  /** Returns whether this `session.update` is refused. */
  refusesUpdate(): boolean {
    return this.strikesAt('update');
  }

  failsHostedList(): boolean {
    return this.strikesAt('mcp-list');
  }

  /** Returns the fault of a call of a tool that the provider runs; null for none. */
  ofHostedCall(): 'fail' | 'hang' | null {
    const entry = this.faults
      .waitingFor('mcp-call')
      .find((waiting) => this.faults.claim(waiting, this.victim.id));
    if (!entry) return null;
    return entry.spec.kind === 'hang-mcp-call' ? 'hang' : 'fail';
  }

  close(): void {
    for (const timer of this.timers) timer.cancel();
    this.faults.detach(this.victim.id);
  }

  private strikesAt(moment: FaultMoment): boolean {
    return this.faults.waitingFor(moment).some((entry) => this.faults.claim(entry, this.victim.id));
  }

  private strike(entry: FaultEntry): void {
    if (isStrike(entry.spec) && this.faults.claim(entry, this.victim.id)) this.victim.strike(entry.spec);
  }
}
