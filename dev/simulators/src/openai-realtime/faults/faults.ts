import { type Clock, seededRandom, type Timer } from '@tandem/kit';
import { momentOf, type FaultAction, type FaultMoment, type FaultSpec } from './fault-spec.ts';

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

interface ListedFault {
  readonly id: string;
  readonly spec: FaultSpec;
  /** Strikes so far. */
  readonly struck: number;
}

interface Entry {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly moment: FaultMoment;
  /** Sessions that were open when the fault was added. */
  readonly bornWith: ReadonlySet<string>;
  struck: number;
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

/** The faults of a simulator: added and removed at run time, for one session or for all. */
export class Faults {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly entries = new Map<string, Entry>();
  private readonly victims = new Map<string, SessionFaults>();
  private nextId = 1;

  /** `seed` decides the draws of faults with a probability. */
  constructor(clock: Clock, seed = 1) {
    this.clock = clock;
    this.random = seededRandom(seed);
  }

  /** Switches a fault on and returns its id. Sessions it is due for suffer it on the next tick. */
  add(spec: FaultSpec): string {
    const id = `fault_${this.nextId++}`;
    const entry: Entry = {
      id,
      spec,
      moment: momentOf(spec),
      bornWith: new Set(this.victims.keys()),
      struck: 0,
    };
    this.entries.set(id, entry);
    if (entry.moment === 'session') for (const victim of [...this.victims.values()]) victim.arm(entry);
    return id;
  }

  /** Returns whether there was such a fault. Its effects stay. */
  remove(id: string): boolean {
    return this.entries.delete(id);
  }

  clear(): void {
    this.entries.clear();
  }

  list(): ListedFault[] {
    return [...this.entries.values()].map(({ id, spec, struck }) => ({ id, spec, struck }));
  }

  /** The fault that this handshake suffers, if any. */
  atHandshake(): FaultSpec | null {
    for (const entry of this.entries.values()) {
      if (entry.moment === 'handshake' && this.claim(entry, null)) return entry.spec;
    }
    return null;
  }

  /** A session has opened. Faults due at its opening strike on a later tick. */
  attach(victim: FaultTarget): SessionFaults {
    const session = new SessionFaults(this, victim, this.clock);
    this.victims.set(victim.id, session);
    for (const entry of this.entries.values()) if (entry.moment === 'session') session.arm(entry);
    return session;
  }

  detach(sessionId: string): void {
    this.victims.delete(sessionId);
  }

  /** Entries that wait for a moment; the array is fresh. */
  waitingFor(moment: FaultMoment): Entry[] {
    if (this.entries.size === 0) return [];
    return [...this.entries.values()].filter((entry) => entry.moment === moment);
  }

  /**
   * Claims one strike of a fault for a session; false when the fault is spent, meant for another session, or
   * not drawn.
   */
  claim(entry: Entry, sessionId: string | null): boolean {
    const { spec } = entry;
    if (this.entries.get(entry.id) !== entry) return false;
    if (sessionId !== null && !isMeantFor(entry, sessionId)) return false;
    if (spec.probability !== undefined && this.random() >= spec.probability) return false;
    entry.struck++;
    if (spec.times !== undefined && entry.struck >= spec.times) this.entries.delete(entry.id);
    return true;
  }
}

function isMeantFor(entry: Entry, sessionId: string): boolean {
  const { session, sessions } = entry.spec;
  if (session !== undefined && session !== sessionId) return false;
  if (sessions === 'open') return entry.bornWith.has(sessionId);
  return sessions !== 'new' || !entry.bornWith.has(sessionId);
}

/** One session's view of the faults, with its timers and the responses they struck. */
export class SessionFaults {
  private readonly faults: Faults;
  private readonly victim: FaultTarget;
  private readonly clock: Clock;
  private readonly timers: Timer[] = [];
  private readonly struckInResponse = new Set<string>();
  private readonly due = new Set<Entry>();

  constructor(faults: Faults, victim: FaultTarget, clock: Clock) {
    this.faults = faults;
    this.victim = victim;
    this.clock = clock;
  }

  arm(entry: Entry): void {
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

  close(): void {
    for (const timer of this.timers) timer.cancel();
    this.faults.detach(this.victim.id);
  }

  private strikesAt(moment: FaultMoment): boolean {
    return this.faults.waitingFor(moment).some((entry) => this.faults.claim(entry, this.victim.id));
  }

  private strike(entry: Entry): void {
    if (isStrike(entry.spec) && this.faults.claim(entry, this.victim.id)) this.victim.strike(entry.spec);
  }
}
