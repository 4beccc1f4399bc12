import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedSession } from '@tandem/simulators';
import type { History } from '../history/history.ts';
import type { Fleet } from './fleet.ts';
import { textOf } from './listening-model.ts';
import { modelSessionEntry } from './model-session-entry.ts';
import { TalkingCaller } from './talking-caller.ts';

const PLACED_PER_SECOND = 15;
const POLL_MS = 50;
/** How long to wait for the rows of a call, which are written after it. */
const ROWS_PATIENCE_MS = 20_000;

/** The bench a scenario works on: a fleet, its callers, and the history of both. */
export class Bench {
  readonly callers: TalkingCaller[] = [];
  /** Callers who have hung up since the last collection. */
  private readonly left: TalkingCaller[] = [];
  private readonly sids: string[] = [];
  private sessionsSeen = 0;

  constructor(
    readonly fleet: Fleet,
    readonly history: History,
    /** Callers in one round. */
    readonly calls: number,
    /** 0 to 1, from the seed. */
    readonly random: () => number,
    readonly log: (line: string) => void,
  ) {}

  /** Places this many calls and lets the callers talk. */
  async place(calls: number): Promise<void> {
    for (let index = 0; index < calls; index += 1) {
      await this.placeOne();
      await sleep(1000 / PLACED_PER_SECOND);
    }
  }

  /** Hangs up the oldest call and places a new one. */
  async replaceOne(): Promise<void> {
    const leaving = this.callers.shift();
    await this.placeOne();
    if (!leaving) return;
    this.left.push(leaving);
    await leaving.leave();
  }

  private async placeOne(): Promise<void> {
    const call = await this.fleet.place(`+1202${String(1_000_000 + (this.sids.length % 8_000_000))}`);
    const number = this.sids.push(call.sid);
    this.history.add({ kind: 'call-placed', call: call.sid });
    this.callers.push(new TalkingCaller(call, number, this.fleet.voice, this.random, this.history));
  }

  /** Waits until every caller on the line has had this many more turns. */
  async waitForTurns(turns: number, patienceMs: number): Promise<boolean> {
    const wanted = new Map(this.callers.map((caller) => [caller, caller.turns + turns]));
    return this.until(
      () => [...wanted].every(([caller, least]) => caller.call.hasEnded || caller.turns >= least),
      patienceMs,
    );
  }

  /** Hangs up all calls and adds their records to the history. */
  async collect(): Promise<void> {
    await Promise.all(this.callers.map((caller) => caller.leave()));
    const callers = [...this.left.splice(0), ...this.callers.splice(0)];
    for (const session of this.fleet.model.sessions)
      if (session.number > this.sessionsSeen)
        this.history.add(modelSessionEntry(session, this.callOf(session)));
    this.sessionsSeen = this.fleet.model.openedSessions;
    await Promise.all(callers.map(({ call }) => this.addRecord(call.sid)));
  }

  /** Returns the running calls of each relay, those whose caller is about to hang up included. */
  async holdings(): Promise<Map<string, string[]>> {
    const holdings = new Map(this.fleet.relays.map((relay): [string, string[]] => [relay, []]));
    await Promise.all(
      [...this.callers, ...this.left]
        .filter(({ call }) => !call.hasEnded)
        .map(async ({ call }) => {
          const relay = await this.fleet.holderOf(call.sid);
          if (relay !== null) holdings.get(relay)?.push(call.sid);
        }),
    );
    return holdings;
  }

  /** Applies a fault to a relay and records the calls it strikes. */
  async strike(what: string, relay: string, deed: () => Promise<void>): Promise<void> {
    const held = (await this.holdings()).get(relay) ?? [];
    this.history.add({ kind: 'fault', what, target: relay, held });
    await deed();
  }

  /** Returns a relay that holds calls now. */
  async pickHolder(): Promise<string> {
    const holders = [...(await this.holdings())]
      .filter(([, held]) => held.length > 0)
      .map(([relay]) => relay);
    return this.pick(holders.length > 0 ? holders : this.fleet.relays);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }

  async until(isSo: () => boolean, patienceMs: number): Promise<boolean> {
    for (let waited = 0; !isSo(); waited += POLL_MS) {
      if (waited > patienceMs) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  /**
   * Returns the carrier's id of the call a model session belongs to; null before the caller has said a word
   * in it.
   */
  callOf(session: SimulatedSession): string | null {
    const number = /\bcall (\d+) turn/.exec(session.items.map(textOf).join(' '))?.[1];
    return this.sids[Number(number) - 1] ?? null;
  }

  /** Adds a figure the scenario measured itself to the history. */
  measure(what: string, value: number): void {
    this.history.add({ kind: 'measured', what, value });
  }

  /** Adds the stored record of an ended call to the history. */
  async addRecord(callSid: string): Promise<void> {
    for (let waited = 0; waited < ROWS_PATIENCE_MS; waited += 500) {
      const found = await this.fleet.recordOf(callSid);
      if (found) {
        const { callId, events, reason, utterances, tools } = found;
        this.history.add({ kind: 'log', call: callSid, callId, events });
        this.history.add({ kind: 'row', call: callSid, reason, utterances, tools });
        return;
      }
      await sleep(500);
    }
  }
}
