import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * Reads the options behind `--` on the command line. An unknown option ends the process with a sentence and
 * the help.
 */
export function parseOptions<const Config extends ParseArgsConfig>(
  config: Config,
  help: string,
): ReturnType<typeof parseArgs<Config>>['values'] {
  try {
    return parseArgs(config).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), help);
  }
}

/** Ends the process with what is wrong with the command line, and the help. */
export function refuse(fault: string, help: string): never {
  console.error(`${fault}\n\n${help}`);
  return process.exit(2);
}

/** The text an option was given, and what is printed when it cannot be read. */
interface OptionText {
  /** Without the dashes. */
  readonly name: string;
  readonly text: string;
  readonly help: string;
}

/** Returns a whole number from `least` to `most`; any other text ends the process. */
export function wholeNumber({ name, text, help }: OptionText, least: number, most: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most
    ? value
    : refuse(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`, help);
}

const SECONDS_OF = { s: 1, m: 60, h: 3_600 } as const;

/** Returns the seconds of a length of time such as 90s, 10m or 2h; any other text ends the process. */
export function lengthInSeconds({ name, text, help }: OptionText): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  return amount
    ? Number(amount) * SECONDS_OF[unit as keyof typeof SECONDS_OF]
    : refuse(`--${name} takes a length of time such as 90s, 10m or 2h, not "${text}".`, help);
}
