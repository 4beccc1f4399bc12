import type { SocketWalk } from '../bench/socket-walk.bench.ts';
import type { Spread } from '../pump/histogram.ts';
import type { Conditions } from './pumped-platform.ts';
import type { Churn } from './run-churn.ts';
import type { Isolation } from './run-isolation.ts';
import { BUDGET, type Ramp, type RampStep } from './run-ramp.ts';
import { milliseconds } from './spread-text.ts';

/** The measured capacity of a relay; parts that were not measured are null. */
export interface Capacity {
  readonly machine: string;
  /** The relay had a core for itself, and went first on it. */
  readonly isPinned: boolean;
  /** The way through the same sockets without a relay. */
  readonly straight: SocketWalk | null;
  readonly ramp: (Ramp & Conditions) | null;
  /** The ramp with recorded calls. */
  readonly recordedRamp: (Ramp & Conditions) | null;
  readonly isolation: (Isolation & Conditions) | null;
  readonly churn: (Churn & Conditions) | null;
}

/** One row of the table. `isKept` is null where nothing is promised. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  readonly promised: string;
  readonly isKept: boolean | null;
}

const PROMISED_CALLS = 300;
const CPU_MS = 1.2;
const KB_PER_CALL = 200;
const SHIFT_MS = 10;
/** A slope over minutes is noise below this; over half an hour it is less than two calls' worth. */
const GROWTH_MB_PER_HOUR = 20;
const BIND_MINUTES = 10;

const told = (what: string, found: string): Finding => ({ what, found, promised: '', isKept: null });
const held = (what: string, found: string, promised: string, isKept: boolean): Finding => ({
  what,
  found,
  promised,
  isKept,
});
const spread = ({ p50Ms, p95Ms, p99Ms, maxMs }: Spread): string =>
  `${[p50Ms, p95Ms, p99Ms].map((value) => value.toFixed(2)).join(' / ')} ms, at most ${milliseconds(maxMs)}`;

export function findings(capacity: Capacity): Finding[] {
  return [
    ...rampFindings(capacity),
    ...recordedFindings(capacity.recordedRamp),
    ...isolationFindings(capacity.isolation),
    ...churnFindings(capacity.churn),
  ];
}

/** The step that was held longest. */
function heldStep({ steps }: Ramp): RampStep {
  return steps.reduce((longest, step) => (step.seconds > longest.seconds ? step : longest));
}

function rampFindings({ ramp, straight }: Capacity): Finding[] {
  if (!ramp || ramp.steps.length === 0) return [];
  const step = heldStep(ramp);
  const isAsPromised = step.calls >= PROMISED_CALLS;
  const limit = {
    latency: 'latency',
    core: 'the core',
    driver: 'the load driver, not the relay',
    asked: 'nothing: no more were asked for',
  }[ramp.endedBecause];
  const added = (through: Spread, without: Spread | undefined): string =>
    without && without.count > 0 ? `${Math.max(0, through.p99Ms - without.p99Ms).toFixed(2)} ms` : '–';
  return [
    told(
      'calls held, and for how long',
      `${step.calls} for ${Math.round(step.seconds)} s, ${step.lost} lost`,
    ),
    told('measured', conditions(ramp)),
    told('calls within the budget on one core', `${ramp.callsPerCore}, limited by ${limit}`),
    held(
      'carrier → relay → model, p50 / p95 / p99',
      spread(step.toModel),
      `p99 ${BUDGET.addedP99Ms} ms at ${PROMISED_CALLS}`,
      step.toModel.p99Ms <= BUDGET.addedP99Ms || !isAsPromised,
    ),
    held(
      'model → relay → carrier, p50 / p95 / p99',
      spread(step.toCaller),
      `p99 ${BUDGET.addedP99Ms} ms at ${PROMISED_CALLS}`,
      step.toCaller.p99Ms <= BUDGET.addedP99Ms || !isAsPromised,
    ),
    ...(straight
      ? [
          told('the same sockets without a relay, to the model', spread(straight.toModel)),
          told('p99 with, less p99 without, to the model', added(step.toModel, straight.toModel)),
        ]
      : []),
    held(
      'CPU per call-second, steady',
      `${step.cpuMsPerCallSecond.toFixed(2)} ` +
        (straight
          ? `ms (${straight.cpuMsPerCallSecond.toFixed(2)} of it for copying bytes between sockets)`
          : 'ms'),
      `${CPU_MS} ms`,
      step.cpuMsPerCallSecond <= CPU_MS,
    ),
    told('CPU to take a call', `${ramp.cpuMsPerSetUp.toFixed(1)} ms`),
    held(
      'memory per call',
      `${ramp.residentKbPerCall.toFixed(0)} KB above ${(ramp.emptyResidentBytes / 1e6).toFixed(0)} MB ` +
        'without calls',
      `${KB_PER_CALL} KB`,
      ramp.residentKbPerCall <= KB_PER_CALL,
    ),
    told('event-loop delay, p99 (its clock ticks every 10 ms)', milliseconds(step.loopDelayP99Ms)),
  ];
}

function recordedFindings(ramp: Capacity['recordedRamp']): Finding[] {
  if (!ramp || ramp.steps.length === 0) return [];
  const step = heldStep(ramp);
  const isAsPromised = step.calls >= PROMISED_CALLS;
  const isFast = Math.max(step.toModel.p99Ms, step.toCaller.p99Ms) <= BUDGET.addedP99Ms;
  return [
    told('calls that are recorded, measured', conditions(ramp)),
    told('within the budget on one core', String(ramp.callsPerCore)),
    held(
      `${step.calls} of them, p99`,
      `${milliseconds(step.toModel.p99Ms)} to the model, ${milliseconds(step.toCaller.p99Ms)} to the caller`,
      `${BUDGET.addedP99Ms} ms at ${PROMISED_CALLS}`,
      isFast || !isAsPromised,
    ),
    held(
      'CPU per call-second',
      `${step.cpuMsPerCallSecond.toFixed(2)} ms`,
      `${CPU_MS} ms`,
      step.cpuMsPerCallSecond <= CPU_MS,
    ),
    held(
      'memory per call',
      `${ramp.residentKbPerCall.toFixed(0)} KB`,
      `${KB_PER_CALL} KB`,
      ramp.residentKbPerCall <= KB_PER_CALL,
    ),
  ];
}

function isolationFindings(isolation: Capacity['isolation']): Finding[] {
  if (!isolation) return [];
  const { calls, alone, beside, shiftMs, lost, floodFrames, floodFramesDropped, stalledEnded } = isolation;
  return [
    told(`isolation, measured`, conditions(isolation)),
    told(
      `${calls} calls alone, p99`,
      `${milliseconds(alone.toModel.p99Ms)} to the model, ${milliseconds(alone.toCaller.p99Ms)} to the ` +
        'caller',
    ),
    held(
      'the same beside a flood and stalled callers',
      `${milliseconds(beside.toModel.p99Ms)} to the model, ${milliseconds(beside.toCaller.p99Ms)} to ` +
        `the caller, ${lost} lost`,
      `+${SHIFT_MS} ms, none lost`,
      shiftMs <= SHIFT_MS && lost === 0,
    ),
    told('the flood: frames sent, dropped', `${floodFrames}, ${floodFramesDropped}`),
    told('stalled callers given up', String(stalledEnded)),
  ];
}

function churnFindings(churn: Capacity['churn']): Finding[] {
  if (!churn) return [];
  const { seconds, atOnce, calls, lost, residentMbPerHour, lowestHeapMbPerHour, resourcesLeft } = churn;
  const isLong = seconds >= BIND_MINUTES * 60;
  const growth =
    `${signed(residentMbPerHour)} MB/h resident, ` + `${signed(lowestHeapMbPerHour)} MB/h held on the heap`;
  return [
    told('churn', `${calls} calls in ${Math.round(seconds / 60)} min, ${atOnce} at a time, ${lost} lost`),
    told('churn, measured', conditions(churn)),
    isLong
      ? held(
          'growth',
          growth,
          `none: below ${GROWTH_MB_PER_HOUR} MB/h`,
          lowestHeapMbPerHour <= GROWTH_MB_PER_HOUR,
        )
      : told('growth (too short to promise on)', growth),
    told('sockets and timers left over', String(resourcesLeft)),
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function conditions({
  measuredAt,
  othersShare,
  otherCoreShare,
  isRecorded,
  link = 'no round trip',
}: Conditions): string {
  return (
    `${measuredAt.slice(0, 10)}, calls ${isRecorded ? 'recorded' : 'not recorded'}, ${link}; ` +
    `${percent(othersShare)} of the relay's core went to others, the other core was ` +
    `${percent(otherCoreShare)} busy`
  );
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)}`;
}
