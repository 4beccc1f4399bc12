import type { CallEvent } from '@tandem/contracts';
import type { CallEntry, ScenarioReport } from '@tandem/simulators';

const isColour = process.stdout.isTTY;
const paint = (code: number) => (text: string) => (isColour ? `\x1b[${code}m${text}\x1b[0m` : text);
const dim = paint(2);
const bold = paint(1);
const cyan = paint(36);
const green = paint(32);
const yellow = paint(33);
const red = paint(31);

const clock = (ms: number) => dim(`${(ms / 1000).toFixed(1).padStart(6)} s`);

/** One line for each thing the carrier's side of the call shows; nothing for what is not worth one. */
export function carrierLine(entry: CallEntry): string | null {
  const line = (text: string) => `${clock(entry.atMs)}  ${text}`;
  switch (entry.kind) {
    case 'webhook':
      return entry.purpose === 'voice' ? line(dim(`POST ${new URL(entry.url).pathname} → ${entry.httpStatus} in ${Math.round(entry.tookMs)} ms`)) : null;
    case 'stream-open':
      return line(dim('media stream open'));
    case 'said':
      return line(`${yellow('carrier says')}  ${entry.text}`);
    case 'error':
      return entry.code === 31_921 ? null : line(red(`carrier error ${entry.code}`));
    case 'ended':
      return line(dim(`line closed (${entry.cause})`));
    default:
      return null;
  }
}

/** One line for each fact the relay writes down; nothing for figures. */
export function eventLine(event: CallEvent, startedAt: number): string | null {
  const line = (text: string, atMs: number) => `${clock(atMs)}  ${text}`;
  const sinceStart = event.at - startedAt;
  switch (event.type) {
    case 'agent.spoke':
      return line(`${cyan('agent ')}  ${event.data.text}${event.data.interrupted ? dim(' … (interrupted)') : ''}`, sinceStart);
    case 'caller.spoke':
      return line(`${green('caller')}  ${event.data.text || dim('(words not known)')}`, sinceStart);
    case 'tool.called':
      return line(`${yellow('tool  ')}  ${event.data.name} ${dim(JSON.stringify(event.data.arguments))}`, sinceStart);
    case 'tool.finished':
      return line(`${yellow('      ')}  → ${event.data.outcome.status} in ${event.data.tookMs} ms`, sinceStart);
    case 'model.faulted':
      return line(red(`model fault: ${event.data.provider} ${event.data.code}`), sinceStart);
    case 'call.ended':
      return line(dim(`call ended: ${event.data.termination.reason}`), sinceStart);
    default:
      return null;
  }
}

/** What the caller waited for, measured at their ear. */
export function latencyLines({ call }: ScenarioReport, events: readonly CallEvent[]): string[] {
  const toolMs = events.flatMap((event) => (event.type === 'tool.finished' && event.data.name !== 'end_call' ? [event.data.tookMs] : []));
  const { timing, answeredAtMs, roundTripMs } = call;
  const responses = timing.responses.map(({ responseMs }) => responseMs).sort((a, b) => a - b);
  const middle = responses[Math.floor(responses.length / 2)];
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value)} ms`);
  return [
    `  answer → first word          ${ms(timing.firstAudioMs !== null && answeredAtMs !== null ? timing.firstAudioMs - answeredAtMs : undefined)}`,
    `  caller stops → agent starts  ${ms(middle)} (median of ${responses.length}; slowest ${ms(responses.at(-1))})`,
    `  round trip to the carrier    ${ms(roundTripMs)}, part of both`,
    `  tool round trip              ${toolMs.length > 0 ? toolMs.map((value) => ms(value)).join(', ') : '–'}`,
  ];
}

export const heading = (text: string): string => `\n${bold(text)}`;
export const problem = (text: string): string => red(text);
export const good = (text: string): string => green(text);
