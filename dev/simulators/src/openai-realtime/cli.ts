import { HELP } from './control/command-line-options.ts';
import { readCommandLine, UsageError } from './control/command-line.ts';
import type { RealtimeSimulatorOptions, StartOptions } from './control/simulator-options.ts';
import { RealtimeSimulator } from './realtime-simulator.ts';

/** Runs until SIGINT or SIGTERM. */
async function run(options: RealtimeSimulatorOptions, start: StartOptions): Promise<void> {
  const simulator = new RealtimeSimulator(options);
  console.log(JSON.stringify(await simulator.start(start)));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await simulator.stop();
}

/** Returns the exit code: 0 after a clean stop, 1 for misfits or a failure, 2 for wrong usage. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const command = readCommandLine(args);
    if (command.kind === 'help') console.log(HELP);
    else await run(command.simulator, command.start);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) console.error('--help lists the options.');
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
