import { DRAIN_PACE, placementOrder, type RelayStatus } from '@tandem/call-state';
import type { RelayId } from '@tandem/contracts';

export interface FleetOptions {
  readonly relays: number;
  /** Calls one relay may carry (RELAY_MAX_CALLS). */
  readonly capacity: number;
  /** Share of all capacity in use. */
  readonly used: number;
  /** Mean length of a call, in seconds; lengths are exponential. */
  readonly callSeconds: number;
  /** Whether relays tell their revision (RELAY_REVISION). */
  readonly hasRevisions: boolean;
}

/** A relay in virtual time: what its lease says, and its calls. */
export interface SimulatedRelay {
  readonly status: { -readonly [Field in keyof RelayStatus]: RelayStatus[Field] };
  readonly calls: Set<SimulatedCall>;
  drainingSinceMs: number | null;
  freeSlots: number;
  capacityReadAtMs: number;
}

export interface SimulatedCall {
  readonly endsAtMs: number;
  pauseAtMs: number;
  moves: number;
  relay: SimulatedRelay | null;
}

/** Requests of this long read the same leases: what a look-up at 1,000 relays takes, several at a time. */
export const STEP_MS = 20;
/** A call that is placed comes to its next pause within this time. */
const LONGEST_TURN_MS = 13_000;
const RETRY_MS = 1_000;

/**
 * A fleet of relays in virtual time. Which relay takes a call, and how a relay that stops hands its calls
 * over, is decided by the product's own code and constants; sockets, models and Redis are left out.
 */
export class SimulatedFleet {
  nowMs = 0;
  readonly relays: SimulatedRelay[] = [];
  /** Calls without a relay at the moment. */
  readonly unplaced: SimulatedCall[] = [];
  moves = 0;
  movesInMidTurn = 0;
  /** Requests that found no room at their first attempt. */
  withoutRoom = 0;
  /** Moves of calls that have ended, and of those under way once {@link movesPerCall} is asked. */
  private readonly movesOfEnded: number[] = [];
  private readonly endings = new Map<number, SimulatedCall[]>();
  private retryAtMs = 0;

  constructor(
    readonly options: FleetOptions,
    private readonly random: () => number,
  ) {
    for (let index = 0; index < options.relays; index += 1) this.relays.push(this.newRelay(index));
    const calls = Math.round(options.relays * options.capacity * options.used);
    for (let call = 0; call < calls; call += 1)
      this.put(this.newCall(), this.relays[call % options.relays] as SimulatedRelay);
  }

  get callCount(): number {
    return this.relays.reduce((sum, { calls }) => sum + calls.size, this.unplaced.length);
  }

  /** Returns how many calls were moved never, once, twice and so on. */
  movesPerCall(): number[] {
    const counts: number[] = [];
    const count = (moves: number) => (counts[moves] = (counts[moves] ?? 0) + 1);
    this.movesOfEnded.forEach(count);
    for (const { calls } of this.relays) for (const { moves } of calls) count(moves);
    return Array.from(counts, (value) => value ?? 0);
  }

  /** Advances by {@link STEP_MS}: calls end, relays that stop hand calls over, new callers ring. */
  step(): void {
    this.nowMs += STEP_MS;
    this.endCalls();
    const asking = this.movedCalls();
    const { relays, capacity, used, callSeconds } = this.options;
    const expected = (relays * capacity * used * STEP_MS) / 1_000 / callSeconds;
    for (let call = this.poisson(expected); call > 0; call -= 1) asking.push(this.newCall());
    if (this.unplaced.length > 0 && this.nowMs >= this.retryAtMs) {
      asking.push(...this.unplaced.splice(0).filter(({ endsAtMs }) => endsAtMs > this.nowMs));
      this.retryAtMs = this.nowMs + RETRY_MS;
    }
    this.place(asking);
  }

  /** Starts the drain of a relay: its calls are handed over at pauses between turns, later in mid-turn. */
  drain(relay: SimulatedRelay): void {
    relay.status.isDraining = true;
    relay.drainingSinceMs = this.nowMs;
  }

  /** Replaces a relay by one of another revision. */
  restart(relay: SimulatedRelay, revision: string): void {
    relay.drainingSinceMs = null;
    relay.status.isDraining = false;
    relay.status.startedAt = this.nowMs;
    if (this.options.hasRevisions) relay.status.revision = revision;
    if (!this.relays.includes(relay)) this.relays.push(relay);
  }

  /** Takes a relay away; calls it still has ask for another one. */
  remove(relay: SimulatedRelay): void {
    this.relays.splice(this.relays.indexOf(relay), 1);
    const calls = [...relay.calls];
    for (const call of calls) {
      this.leave(call);
      call.moves += 1;
    }
    this.moves += calls.length;
    this.place(calls);
  }

  private place(asking: readonly SimulatedCall[]): void {
    if (asking.length === 0) return;
    const order = placementOrder(this.relays.map(({ status }) => status));
    const byId = new Map(this.relays.map((relay) => [relay.status.relayId, relay]));
    for (const call of asking) {
      // Admission counts in Redis, one call at a time: a relay that has filled up since is passed over.
      const chosen = order.find(({ active, capacity }) => active < capacity);
      const relay = chosen && byId.get(chosen.relayId);
      if (relay) this.put(call, relay);
      else {
        this.withoutRoom += 1;
        this.unplaced.push(call);
      }
    }
  }

  private movedCalls(): SimulatedCall[] {
    if (this.nowMs % DRAIN_PACE.pollMs !== 0) return [];
    const moved: SimulatedCall[] = [];
    for (const relay of this.relays) {
      if (relay.drainingSinceMs === null || relay.calls.size === 0) continue;
      this.readCapacity(relay);
      const isAnyMoment = this.nowMs - relay.drainingSinceMs > DRAIN_PACE.maxWaitForPauseMs;
      let remaining = Math.min(relay.freeSlots, DRAIN_PACE.movesPerPoll);
      for (const call of relay.calls) {
        if (remaining <= 0) break;
        if (!isAnyMoment && call.pauseAtMs > this.nowMs) continue;
        this.leave(call);
        call.moves += 1;
        this.moves += 1;
        if (isAnyMoment) this.movesInMidTurn += 1;
        relay.freeSlots -= 1;
        remaining -= 1;
        moved.push(call);
      }
    }
    return moved;
  }

  private readCapacity(relay: SimulatedRelay): void {
    if (this.nowMs - relay.capacityReadAtMs < DRAIN_PACE.capacityRefreshMs) return;
    relay.capacityReadAtMs = this.nowMs;
    relay.freeSlots = this.relays
      .filter(({ status }) => status.relayId !== relay.status.relayId && !status.isDraining)
      .reduce((sum, { status }) => sum + Math.max(0, status.capacity - status.active), 0);
  }

  private endCalls(): void {
    for (const call of this.endings.get(this.nowMs) ?? []) {
      this.leave(call);
      this.movesOfEnded.push(call.moves);
    }
    this.endings.delete(this.nowMs);
  }

  private put(call: SimulatedCall, relay: SimulatedRelay): void {
    relay.calls.add(call);
    relay.status.active = relay.calls.size;
    call.relay = relay;
    call.pauseAtMs = this.nowMs + this.random() * LONGEST_TURN_MS;
  }

  private leave(call: SimulatedCall): void {
    if (!call.relay) return;
    call.relay.calls.delete(call);
    call.relay.status.active = call.relay.calls.size;
    call.relay = null;
  }

  private newCall(): SimulatedCall {
    const lengthMs = -Math.log(1 - this.random()) * this.options.callSeconds * 1_000;
    const endsAtMs = Math.ceil((this.nowMs + Math.max(lengthMs, STEP_MS)) / STEP_MS) * STEP_MS;
    const call: SimulatedCall = { endsAtMs, pauseAtMs: 0, moves: 0, relay: null };
    const ending = this.endings.get(endsAtMs);
    if (ending) ending.push(call);
    else this.endings.set(endsAtMs, [call]);
    return call;
  }

  private newRelay(index: number): SimulatedRelay {
    return {
      status: {
        relayId: `relay-${index}` as RelayId,
        address: 'ws://relay',
        capacity: this.options.capacity,
        active: 0,
        reserved: 0,
        isDraining: false,
        isOverloaded: false,
        revision: '',
        startedAt: -1_000_000,
      },
      calls: new Set(),
      drainingSinceMs: null,
      freeSlots: 0,
      capacityReadAtMs: Number.NEGATIVE_INFINITY,
    };
  }

  /** Returns a random count with this mean (Knuth's method, in parts that do not underflow). */
  private poisson(mean: number): number {
    let count = 0;
    for (let left = mean; left > 0; left -= 10) {
      const limit = Math.exp(-Math.min(left, 10));
      for (let product = this.random(); product > limit; product *= this.random()) count += 1;
    }
    return count;
  }
}
