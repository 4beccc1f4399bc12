import type { CallEntry } from '../leg/call-report.ts';
import type { ScenarioReport } from '../scenario/scenario-runner.ts';

const seconds = (ms: number) => `${(ms / 1000).toFixed(2).padStart(7)} s`;

type Describe = { readonly [K in CallEntry['kind']]?: (entry: Extract<CallEntry, { kind: K }>) => string };

const LINES: Describe = {
  status: ({ status }) => `call is ${status}`,
  webhook: ({ purpose, httpStatus, tookMs }) =>
    `${purpose} webhook: ${httpStatus === 0 ? 'no answer' : httpStatus} in ${Math.round(tookMs)} ms`,
  said: ({ text }) => `carrier says: ${text}`,
  'stream-open': ({ streamSid }) => `media stream open (${streamSid})`,
  'stream-ended': ({ end }) => `media stream over: ${end.detail}`,
  'caller-started': ({ text }) => `caller: ${text ?? '(speaks)'}`,
  'agent-started': () => 'agent speaks',
  'agent-stopped': () => 'agent is silent',
  pressed: ({ digit }) => `caller presses ${digit}`,
  dialling: ({ to }) => `dialling ${to}`,
  bridged: () => 'two parties are connected',
  'dial-ended': ({ status }) => `dialled party: ${status}`,
  message: ({ to, body }) => `message to ${to}: ${body}`,
  error: ({ level, code, title, detail }) => `${level} ${code}: ${title} (${detail})`,
  ended: ({ cause }) => `call over: ${cause}`,
};

/** Returns one line of text for a timeline entry; null for entries that would only be noise. */
export function walkLine(entry: CallEntry): string | null {
  const describe = LINES[entry.kind] as ((entry: CallEntry) => string) | undefined;
  return describe ? `${seconds(entry.atMs)}  ${describe(entry)}` : null;
}

/** Returns the last lines of a call: latencies and result. */
export function walkSummary(report: ScenarioReport): string {
  const { timing } = report.call;
  const list = (values: readonly number[]) =>
    values.length === 0 ? '-' : values.map((value) => `${Math.round(value)} ms`).join(', ');
  return [
    '',
    'first sound       ' +
      `${timing.firstAudioMs === null ? '-' : `${Math.round(timing.firstAudioMs)} ms after the call began`}`,
    `answers           ${list(timing.responses.map(({ responseMs }) => responseMs))}`,
    `interruptions     ${list(timing.interruptions.map(({ silenceMs }) => silenceMs))}`,
    report.isPassed ? 'passed' : `failed\n${report.failures.map((failure) => `  - ${failure}`).join('\n')}`,
  ].join('\n');
}
