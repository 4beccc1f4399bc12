import { type Clock, seededRandom } from '@tandem/kit';
import { momentOf, type FaultMoment, type FaultSpec } from './fault-spec.ts';
import { SessionFaults, type FaultEntry, type FaultTarget } from './session-faults.ts';

interface ListedFault {
  readonly id: string;
  readonly spec: FaultSpec;
  /** Strikes so far. */
  readonly struck: number;
}

/** The faults of a simulator: added and removed at run time, for one session or for all. */
export class Faults {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly entries = new Map<string, FaultEntry>();
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
    const entry: FaultEntry = {
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
  waitingFor(moment: FaultMoment): FaultEntry[] {
    if (this.entries.size === 0) return [];
    return [...this.entries.values()].filter((entry) => entry.moment === moment);
  }

  /**
   * Claims one strike of a fault for a session; false when the fault is spent, meant for another session, or
   * not drawn.
   */
  claim(entry: FaultEntry, sessionId: string | null): boolean {
    const { spec } = entry;
    if (this.entries.get(entry.id) !== entry) return false;
    if (sessionId !== null && !isMeantFor(entry, sessionId)) return false;
    if (spec.probability !== undefined && this.random() >= spec.probability) return false;
    entry.struck++;
    if (spec.times !== undefined && entry.struck >= spec.times) this.entries.delete(entry.id);
    return true;
  }
}

function isMeantFor(entry: FaultEntry, sessionId: string): boolean {
  const { session, sessions } = entry.spec;
  if (session !== undefined && session !== sessionId) return false;
  if (sessions === 'open') return entry.bornWith.has(sessionId);
  return sessions !== 'new' || !entry.bornWith.has(sessionId);
}
