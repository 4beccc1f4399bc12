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
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return process.exit(2);
  }
}
