import type { SocketWalk } from '../bench/socket-walk.bench.ts';
import type { Conditions } from './conditions.ts';
import { conditions, held, told, type Finding } from './finding.ts';
import { rampFindings, recordedFindings } from './ramp-findings.ts';
import type { Churn } from './run-churn.ts';
import type { Isolation } from './run-isolation.ts';
import type { Ramp } from './run-ramp.ts';
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

const SHIFT_MS = 10;
/** A slope over minutes is noise below this; over half an hour it is less than two calls' worth. */
const GROWTH_MB_PER_HOUR = 20;
const BIND_MINUTES = 10;

export function findings(capacity: Capacity): Finding[] {
  return [
    ...rampFindings(capacity.ramp, capacity.straight),
    ...recordedFindings(capacity.recordedRamp),
    ...isolationFindings(capacity.isolation),
    ...churnFindings(capacity.churn),
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

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)}`;
}
