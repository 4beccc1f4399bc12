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

/** Printed above a call: an utterance is known when it is over. */
export const TIMES = dim(
  '  Seconds since the call began. A line appears when it is over and shows when it began.',
);

/** Prints a call as it happens, with the times of carrier and relay on one clock. */
export class CallPrinter {
  private startedAt = Date.now();
  private admittedAt = this.startedAt;
  private last: string | null = null;

  constructor(private readonly print: (line: string) => void) {}

  /** Prints one line for each thing of note on the carrier's side of the call. */
  carrier(entry: CallEntry): void {
    this.startedAt = Date.now() - entry.atMs;
    const line = carrierText(entry);
    if (line === null) return;
    const text = `${clock(entry.atMs)}  ${line}`;
    // The relay's last event is read a moment later.
    if (entry.kind === 'ended') this.last = text;
    else this.print(text);
  }

  /** Prints one line for each event the relay writes that says what happened; none for figures. */
  event(event: CallEvent): void {
    if (event.type === 'call.admitted') this.admittedAt = event.at;
    const shown = eventText(event);
    if (shown === null) return;
    const sinceStartMs =
      shown.atMs === null ? event.at - this.startedAt : this.admittedAt - this.startedAt + shown.atMs;
    this.print(`${clock(Math.max(0, sinceStartMs))}  ${shown.text}`);
  }

  /** Prints the line that closes the call. */
  end(): void {
    if (this.last !== null) this.print(this.last);
    this.last = null;
  }
}

function carrierText(entry: CallEntry): string | null {
  switch (entry.kind) {
    case 'webhook':
      return entry.purpose === 'voice'
        ? dim(
            `POST ${new URL(entry.url).pathname} → ` +
              `${entry.httpStatus === 0 ? 'no answer' : entry.httpStatus} in ${Math.round(entry.tookMs)} ` +
              'ms',
          )
        : null;
    case 'stream-open':
      return dim('media stream open');
    case 'said':
      return `${yellow('carrier says')}  ${entry.text}`;
    case 'bridged':
      return dim('connected with a person');
    case 'error':
      return entry.code === 31_921
        ? null
        : red(`carrier ${entry.level} ${entry.code}, ${entry.title}: ${entry.detail}`);
    case 'ended':
      return dim(`line closed (${entry.cause})`);
    default:
      return null;
  }
}

/** The printed text of an event, and its start in ms since the admission; null for the time of writing. */
function eventText(event: CallEvent): { readonly text: string; readonly atMs: number | null } | null {
  switch (event.type) {
    case 'agent.spoke':
      return {
        text: `${cyan('agent ')}  ${event.data.text}${event.data.interrupted ? dim(' … (interrupted)') : ''}`,
        atMs: event.data.startedAtMs,
      };
    case 'caller.spoke':
      return {
        text: `${green('caller')}  ${event.data.text || dim('(words not known)')}`,
        atMs: event.data.startedAtMs,
      };
    case 'tool.called':
      return {
        text: `${yellow('tool  ')}  ${event.data.name} ${dim(argumentsOf(event.data.arguments))}`,
        atMs: event.data.atMs,
      };
    case 'tool.finished':
    case 'tool.finished-late':
      return {
        text:
          `${yellow('      ')}  → ${event.data.name}: ${event.data.outcome.status} in ` +
          `${event.data.tookMs} ms`,
        atMs: event.data.atMs,
      };
    case 'model.faulted':
      return { text: red(`model fault: ${event.data.provider} ${event.data.code}`), atMs: null };
    case 'call.ended':
      return { text: dim(`call ended: ${event.data.termination.reason}`), atMs: event.data.atMs };
    default:
      return null;
  }
}

/** "service plumbing, date 2026-12-07" */
function argumentsOf(given: unknown): string {
  if (typeof given !== 'object' || given === null) return String(given);
  return Object.entries(given)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** The caller's waiting times, measured at their ear. */
export function latencyLines({ call }: ScenarioReport, events: readonly CallEvent[]): string[] {
  const toolMs = events.flatMap((event) =>
    event.type === 'tool.finished' && event.data.name !== 'end_call' ? [event.data.tookMs] : [],
  );
  const { timing, answeredAtMs, roundTripMs } = call;
  const responses = timing.responses.map(({ responseMs }) => responseMs).sort((a, b) => a - b);
  const firstWordMs =
    timing.firstAudioMs !== null && answeredAtMs !== null ? timing.firstAudioMs - answeredAtMs : undefined;
  const middle = responses[Math.floor(responses.length / 2)];
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value)} ms`);
  return [
    `  answer → first word          ${ms(firstWordMs)}`,
    `  caller stops → agent starts  ${ms(middle)} (median of ${responses.length}; slowest ` +
      `${ms(responses.at(-1))})`,
    `  round trip to the carrier    ${ms(roundTripMs)}, part of both`,
    `  tool round trip              ${toolMs.length > 0 ? toolMs.map((value) => ms(value)).join(', ') : '–'}`,
  ];
}

export const heading = (text: string): string => `\n${bold(text)}`;
export const problem = (text: string): string => red(text);
export const good = (text: string): string => green(text);
