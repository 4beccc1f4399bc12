import type { CallEntry } from '../call/call-report.ts';
import type { ScenarioReport } from '../scenario/scenario-runner.ts';

const seconds = (ms: number) => `${(ms / 1000).toFixed(2).padStart(7)} s`;

type Describe = { readonly [K in CallEntry['kind']]?: (entry: Extract<CallEntry, { kind: K }>) => string };

const LINES: Describe = {
  answered: () => 'call is answered',
  request: ({ url, httpStatus, answer, tookMs }) =>
    `${new URL(url).pathname}: ${httpStatus === 0 ? 'no answer' : `${httpStatus} ${answer.slice(0, 60)}`} ` +
    `in ${Math.round(tookMs)} ms`,
  played: ({ sound, isMissing }) => `plays ${sound}${isMissing ? ', which is missing' : ''}`,
  'music-started': () => 'music on hold',
  tone: ({ name }) => `${name} tone`,
  'leg-open': ({ address }) => `AudioSocket open to ${address}`,
  'leg-ended': ({ end }) => `AudioSocket over: ${end.cause} (${end.detail})`,
  'caller-started': ({ text }) => `caller: ${text ?? '(speaks)'}`,
  'agent-started': () => 'agent speaks',
  'agent-stopped': () => 'agent is silent',
  pressed: ({ digit }) => `caller presses ${digit}`,
  'key-heard': ({ digit }) => `caller hears key ${digit}`,
  dialling: ({ to }) => `dialling ${to}`,
  bridged: ({ with: peer }) => `connected with ${peer}`,
  'dial-ended': ({ status }) => `dial over: ${status}`,
  redirected: ({ to }) => `sent to ${to}`,
  error: ({ detail }) => `error: ${detail}`,
  ended: ({ cause }) => `call over: ${cause}`,
};

/** Returns one line of text for a timeline entry; null for entries that would only be noise. */
export function walkLine(entry: CallEntry): string | null {
  const describe = LINES[entry.kind] as ((entry: CallEntry) => string) | undefined;
  return describe ? `${seconds(entry.atMs)}  ${describe(entry)}` : null;
}

/** Returns the last lines of a call: latencies, spacing of the relay's frames, and result. */
export function walkSummary(report: ScenarioReport): string {
  const { timing, legs } = report.call;
  const list = (values: readonly number[]) =>
    values.length === 0 ? '-' : values.map((value) => `${Math.round(value)} ms`).join(', ');
  const ms = (value: number | null) => (value === null ? '-' : `${value.toFixed(1)} ms`);
  return [
    '',
    'first sound       ' +
      `${timing.firstAudioMs === null ? '-' : `${Math.round(timing.firstAudioMs)} ms after the call began`}`,
    `answers           ${list(timing.responses.map(({ responseMs }) => responseMs))}`,
    `interruptions     ${list(timing.interruptions.map(({ silenceMs }) => silenceMs))}`,
    ...legs.map(
      ({ codec, spacing: { frames, p50Ms, p99Ms, longestMs, aheadMs } }) =>
        `frames            ${frames} of ${codec}, gap p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, ` +
        `longest ${ms(longestMs)}, ahead ${ms(aheadMs)}`,
    ),
    report.isPassed ? 'passed' : `failed\n${report.failures.map((failure) => `  - ${failure}`).join('\n')}`,
  ].join('\n');
}
