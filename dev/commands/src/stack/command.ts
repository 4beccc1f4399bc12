import { ConfigurationFault } from '@tandem/platform';
import { asStackError } from '@tandem/stack';

/** sysexits.h EX_CONFIG, as services end with. */
const EXIT_CONFIGURATION = 78;

/**
 * Runs a command and ends the process with its code. What the developer has to know is said in sentences, a
 * fault of ours with its stack.
 */
export async function runCommand(main: () => Promise<number> | number): Promise<never> {
  try {
    process.exit(await main());
  } catch (error) {
    process.exit(told(error));
  }
}

/** Says what went wrong. Returns the exit code that goes with it. */
export function told(error: unknown): number {
  const known = error instanceof ConfigurationFault ? error : asStackError(error);
  console.error(known ? `\n${known.message}` : error);
  return error instanceof ConfigurationFault ? EXIT_CONFIGURATION : 1;
}
