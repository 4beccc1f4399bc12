import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  behaviourFrom,
  behaviourSpecProblem,
  BEHAVIOUR_KINDS,
  type BehaviourSpec,
} from '../behaviours/from-spec.ts';
import { asArray } from '../wire/json.ts';
import type { RealtimeSimulatorOptions, StartOptions } from './simulator-options.ts';

export const HELP = `A local OpenAI Realtime (GA) server for tests, benches and demos.

Usage: node dev/simulators/dist/openai-realtime/cli.js [options]

Where
  --port <n>             WebSocket port (default 8765; 0 takes a free one)
  --control-port <n>     HTTP control port (default 8766; 0 takes a free one; "off" for none)
  --host <address>       Address to listen on (default 127.0.0.1). The control port has no authentication.

How it answers
  --behaviour <name>     guided (default): a booking dialogue that uses the tools of the session
                         scripted: the turns of --script
                         echo: says back the caller's audio, byte for byte
                         tone: a steady tone, for load
  --script <file>        JSON: {"turns":[{"say":"..."},
                         {"call":{"name":"...","arguments":{}},"then":{"say":"..."}}]}
  --lines <file>         JSON list: what the caller says, utterance by utterance
  --tone-ms <n>          Length of an answer of the tone behaviour (default 3000)

How fast
  --first-byte-ms <n>    From response.created to the first output (default 300)
  --audio-rate <x>       Audio is generated x times faster than it plays (default 5)
  --delta-ms <n>         Audio in one delta (default 200)
  --transcription-ms <n> From commit to the caller's transcript (default 400)

Limits
  --max-session-s <n>    Session cap (default 3600)
  --tokens-per-minute <n> Budget of all sessions together; responses above it fail
  --api-key <key>        The only key accepted (default: any). May be given more than once.
  --model <name>         The only model that exists (default: any but retired previews). May be given more
                         than once.

Checks and memory
  --self-check           Hold every server event against the published schema and report misfits at the end
  --record <what>        all, events, or off (default). Off is for load: counters only.
  --seed <n>             Seed of faults with a probability (default 1)
  --help                 This text

Faults, lines and behaviours can be changed while it runs: see README.md, "The control port".
The first line printed is JSON: {"url":"ws://...","azureUrl":"ws://...","controlUrl":"http://..."}`;

export const OPTIONS = {
  port: { type: 'string', default: '8765' },
  'control-port': { type: 'string', default: '8766' },
  host: { type: 'string', default: '127.0.0.1' },
  behaviour: { type: 'string', default: 'guided' },
  script: { type: 'string' },
  lines: { type: 'string' },
  'tone-ms': { type: 'string' },
  'first-byte-ms': { type: 'string' },
  'audio-rate': { type: 'string' },
  'delta-ms': { type: 'string' },
  'transcription-ms': { type: 'string' },
  'max-session-s': { type: 'string' },
  'tokens-per-minute': { type: 'string' },
  'api-key': { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  'self-check': { type: 'boolean', default: false },
  record: { type: 'string', default: 'off' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The command line cannot be followed; the message says why. */
export class UsageError extends Error {}

type Values = ReturnType<typeof readArguments>;

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function numberOf(values: Values, name: keyof typeof OPTIONS, min: number): number | undefined {
  const raw = values[name];
  if (raw === undefined) return undefined;
  const value = Number(raw);
  if (!Number.isFinite(value) || value < min)
    throw new UsageError(`--${name} must be a number of at least ${min}, but is ${String(raw)}.`);
  return value;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function behaviourSpecOf(values: Values): BehaviourSpec {
  const kind = values.behaviour;
  if (kind === 'scripted' && values.script === undefined)
    throw new UsageError('--behaviour scripted needs --script <file>.');
  const toneMs = numberOf(values, 'tone-ms', 20);
  const fields =
    kind === 'scripted'
      ? readJson(values.script ?? '')
      : kind === 'tone' && toneMs !== undefined
        ? { toneMs }
        : {};
  const spec = { kind, ...(fields as object) };
  const problem = behaviourSpecProblem(spec);
  if (problem !== null) throw new UsageError(`--behaviour (${BEHAVIOUR_KINDS.join(', ')}): ${problem}.`);
  return spec as BehaviourSpec;
}

function linesOf(file: string): string[] {
  const lines = asArray(readJson(file));
  if (lines.length === 0 || !lines.every((line) => typeof line === 'string'))
    throw new UsageError(`${file} must be a list of at least one string.`);
  return lines;
}

/** Leaves undefined fields out, so that the simulator's defaults apply. */
function given<T extends object>(fields: { [Key in keyof T]: T[Key] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function simulatorOptionsOf(values: Values): RealtimeSimulatorOptions {
  const cap = numberOf(values, 'max-session-s', 1);
  const { record } = values;
  if (record !== 'all' && record !== 'events' && record !== 'off')
    throw new UsageError('--record must be all, events or off.');
  return {
    behaviour: behaviourFrom(behaviourSpecOf(values)),
    pace: given({
      firstByteMs: numberOf(values, 'first-byte-ms', 0),
      audioRate: numberOf(values, 'audio-rate', 0.01),
      deltaMs: numberOf(values, 'delta-ms', 1),
    }),
    record: { events: record !== 'off', audio: record === 'all' },
    selfCheck: values['self-check'],
    ...given({
      callerLines: values.lines === undefined ? undefined : linesOf(values.lines),
      transcriptionDelayMs: numberOf(values, 'transcription-ms', 0),
      maxSessionMs: cap === undefined ? undefined : cap * 1000,
      tokensPerMinute: numberOf(values, 'tokens-per-minute', 1),
      apiKeys: values['api-key'],
      models: values.model,
      seed: numberOf(values, 'seed', 0),
    }),
    ...(record === 'off' ? { keepSessions: 50 } : {}),
  };
}

/** A parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly simulator: RealtimeSimulatorOptions; readonly start: StartOptions };

/** Reads a command line, without the node binary and the script. Throws `UsageError`. */
export function readCommandLine(args: readonly string[]): Command {
  const values = readArguments(args);
  if (values.help) return { kind: 'help' };
  const controlPort = values['control-port'] === 'off' ? false : numberOf(values, 'control-port', 0);
  const start = given<Required<StartOptions>>({
    host: values.host,
    port: numberOf(values, 'port', 0),
    controlPort,
  });
  return { kind: 'run', simulator: simulatorOptionsOf(values), start };
}
