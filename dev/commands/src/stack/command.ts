import { ConfigurationFault } from '@tandem/platform';
import { asStackError } from '@tandem/stack';

/** sysexits.h EX_CONFIG, as services end with. */
const EXIT_CONFIGURATION = 78;

/**
 * Runs a command and ends the process with its code. An error for the developer is printed as a sentence, a
 * fault of ours with its stack.
 */
export async function runCommand(main: () => Promise<number> | number): Promise<never> {
  try {
    process.exit(await main());
  } catch (error) {
    process.exit(reportError(error));
  }
}

/** Prints an error and returns its exit code. */
export function reportError(error: unknown): number {
  const known = error instanceof ConfigurationFault ? error : asStackError(error);
  console.error(known ? `\n${known.message}` : error);
  return error instanceof ConfigurationFault ? EXIT_CONFIGURATION : 1;
}
