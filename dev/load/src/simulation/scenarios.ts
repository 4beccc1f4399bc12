import { seededRandom } from '@tandem/kit';
import { SimulatedFleet, STEP_MS, type FleetOptions, type SimulatedRelay } from './simulated-fleet.ts';

/** The fleet at one second. */
export interface FleetSample {
  readonly second: number;
  /** Calls of the relays that take calls. */
  readonly least: number;
  readonly median: number;
  readonly most: number;
  readonly moves: number;
  readonly unplaced: number;
}

export interface SimulationResult {
  readonly samples: readonly FleetSample[];
  readonly seconds: number;
  readonly calls: number;
  readonly moves: number;
  readonly movesInMidTurn: number;
  /** How many calls were moved never, once, twice and so on. */
  readonly movesPerCall: readonly number[];
  readonly withoutRoom: number;
  /** From SIGTERM until the relay has no call. */
  readonly drainP50S: number;
  readonly drainP99S: number;
}

/** From the end of a relay until its successor takes calls: container start and first lease. */
const RESTART_MS = 16_000;
const CALM_SECONDS = 30;
const LIMIT_SECONDS = 3 * 3_600;

/** Replaces all relays, `atOnce` at a time, the highest number first, as a StatefulSet does. */
export function simulateRollout(options: FleetOptions, atOnce: number, seed: number): SimulationResult {
  const fleet = new SimulatedFleet(options, seededRandom(seed));
  const waiting = [...fleet.relays];
  const starting: { readonly relay: SimulatedRelay; readonly atMs: number }[] = [];
  const draining: { readonly relay: SimulatedRelay; readonly sinceMs: number }[] = [];
  const drainsS: number[] = [];
  const samples: FleetSample[] = [];
  run(fleet, samples, CALM_SECONDS, () => undefined);
  run(fleet, samples, LIMIT_SECONDS, () => {
    for (const each of [...draining]) {
      if (each.relay.calls.size > 0) continue;
      draining.splice(draining.indexOf(each), 1);
      drainsS.push((fleet.nowMs - each.sinceMs) / 1_000);
      fleet.remove(each.relay);
      starting.push({ relay: each.relay, atMs: fleet.nowMs + RESTART_MS });
    }
    for (const each of [...starting]) {
      if (each.atMs > fleet.nowMs) continue;
      starting.splice(starting.indexOf(each), 1);
      fleet.restart(each.relay, 'new');
    }
    while (draining.length + starting.length < atOnce) {
      const relay = waiting.pop();
      if (!relay) break;
      fleet.drain(relay);
      draining.push({ relay, sinceMs: fleet.nowMs });
    }
    return waiting.length + draining.length + starting.length === 0;
  });
  return resultOf(fleet, samples, drainsS);
}

/** Takes a share of all relays away at once, as a zone that fails. */
export function simulateZoneLoss(options: FleetOptions, share: number, seed: number): SimulationResult {
  const fleet = new SimulatedFleet(options, seededRandom(seed));
  const samples: FleetSample[] = [];
  run(fleet, samples, CALM_SECONDS, () => undefined);
  for (const relay of fleet.relays.slice(0, Math.round(fleet.relays.length * share))) fleet.remove(relay);
  run(fleet, samples, 2 * CALM_SECONDS, () => undefined);
  return resultOf(fleet, samples, []);
}

/** @param act called after each step; ends the run when it returns true */
function run(
  fleet: SimulatedFleet,
  samples: FleetSample[],
  seconds: number,
  act: () => boolean | undefined,
): void {
  const endMs = fleet.nowMs + seconds * 1_000;
  while (fleet.nowMs < endMs) {
    fleet.step();
    const isOver = act();
    if (fleet.nowMs % 1_000 < STEP_MS) samples.push(sampleOf(fleet));
    if (isOver) return;
  }
}

function sampleOf(fleet: SimulatedFleet): FleetSample {
  const loads = fleet.relays
    .filter(({ status }) => !status.isDraining)
    .map(({ calls }) => calls.size)
    .sort((a, b) => a - b);
  return {
    second: fleet.nowMs / 1_000,
    least: loads[0] ?? 0,
    median: loads[Math.floor(loads.length / 2)] ?? 0,
    most: loads.at(-1) ?? 0,
    moves: fleet.moves,
    unplaced: fleet.unplaced.length,
  };
}

function resultOf(
  fleet: SimulatedFleet,
  samples: readonly FleetSample[],
  drainsS: number[],
): SimulationResult {
  drainsS.sort((a, b) => a - b);
  return {
    samples,
    seconds: fleet.nowMs / 1_000,
    calls: fleet.callCount,
    moves: fleet.moves,
    movesInMidTurn: fleet.movesInMidTurn,
    movesPerCall: fleet.movesPerCall(),
    withoutRoom: fleet.withoutRoom,
    drainP50S: drainsS[Math.floor(drainsS.length * 0.5)] ?? Number.NaN,
    drainP99S: drainsS[Math.floor(drainsS.length * 0.99)] ?? Number.NaN,
  };
}
