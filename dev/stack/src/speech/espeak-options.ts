import { parseArgs } from 'node:util';

/** The request on espeak-ng's command line, as far as the stand-in understands it. */
export interface EspeakRequest {
  readonly voice: string;
  /** Words per minute. */
  readonly rate: number | null;
  /** Null means standard output. */
  readonly outputFile: string | null;
  /** Null means standard input. */
  readonly text: string | null;
}

/**
 * Options without a name here are accepted and have no effect: pitch, amplitude, gap, coding, capitals, line
 * length, markup, data folder.
 */
const OPTIONS = {
  voice: { type: 'string', short: 'v', default: 'en-us' },
  rate: { type: 'string', short: 's' },
  output: { type: 'string', short: 'w' },
  stdin: { type: 'boolean' },
  stdout: { type: 'boolean' },
  pitch: { type: 'string', short: 'p' },
  amplitude: { type: 'string', short: 'a' },
  gap: { type: 'string', short: 'g' },
  coding: { type: 'string', short: 'b' },
  capitals: { type: 'string', short: 'k' },
  length: { type: 'string', short: 'l' },
  markup: { type: 'boolean', short: 'm' },
  unpaused: { type: 'boolean', short: 'z' },
  path: { type: 'string' },
} as const;

/**
 * Reads espeak-ng's options (man espeak-ng): -v, -s, -w, --stdout, --stdin and the text.
 * @throws TypeError naming an option that is not understood
 */
export function readEspeakOptions(args: readonly string[]): EspeakRequest {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const rate = Number(values.rate ?? Number.NaN);
  return {
    voice: values.voice,
    rate: Number.isFinite(rate) ? rate : null,
    outputFile: values.output ?? null,
    text: positionals.length > 0 ? positionals.join(' ') : null,
  };
}
