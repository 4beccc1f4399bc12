import type { SocketWalk } from '../bench/socket-walk.bench.ts';
import type { Spread } from '../pump/histogram.ts';
import type { Conditions } from './conditions.ts';
import { conditions, held, told, type Finding } from './finding.ts';
import { BUDGET, type Ramp, type RampStep } from './run-ramp.ts';
import { milliseconds } from './spread-text.ts';

type MeasuredRamp = (Ramp & Conditions) | null;

const PROMISED_CALLS = 300;
const CPU_MS = 1.2;
const KB_PER_CALL = 200;
const spread = ({ p50Ms, p95Ms, p99Ms, maxMs }: Spread): string =>
  `${[p50Ms, p95Ms, p99Ms].map((value) => value.toFixed(2)).join(' / ')} ms, at most ${milliseconds(maxMs)}`;

/** The step that was held longest. */
function heldStep({ steps }: Ramp): RampStep {
  return steps.reduce((longest, step) => (step.seconds > longest.seconds ? step : longest));
}

/** Returns what the ramp found, beside the way through the same sockets without a relay. */
export function rampFindings(ramp: MeasuredRamp, straight: SocketWalk | null): Finding[] {
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

/** Returns what recording costs, from the ramp with recorded calls. */
export function recordedFindings(ramp: MeasuredRamp): Finding[] {
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
