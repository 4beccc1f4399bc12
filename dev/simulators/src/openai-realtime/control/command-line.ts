import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  behaviourFrom,
  behaviourSpecProblem,
  BEHAVIOUR_KINDS,
  type BehaviourSpec,
} from '../behaviours/from-spec.ts';
import { asArray } from '../wire/json.ts';
import { OPTIONS } from './command-line-options.ts';
import type { RealtimeSimulatorOptions, StartOptions } from './simulator-options.ts';

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
