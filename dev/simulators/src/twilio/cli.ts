import { readFile, writeFile } from 'node:fs/promises';
import { stereoMulawWav } from '@tandem/kit';
import { type CallCommand, HELP, readCommand, UsageError } from './command-line/cli-options.ts';
import { walkLine, walkSummary } from './command-line/cli-walk.ts';
import { speakFromFolder, speakTones } from './scenario/lines.ts';
import { runScenario, type ScenarioReport } from './scenario/scenario-runner.ts';
import { readScenario, type Scenario, ScenarioError } from './scenario/scenario.ts';
import { findScenario, SCENARIOS } from './scenario/scenarios.ts';
import { TwilioSimulator } from './twilio-simulator.ts';

const EXIT = { passed: 0, failed: 1, usage: 2, notConnected: 3 } as const;

async function loadScenario(nameOrFile: string): Promise<Scenario> {
  const known = findScenario(nameOrFile);
  if (known) return known;
  if (!nameOrFile.endsWith('.json'))
    throw new UsageError(`There is no scenario "${nameOrFile}". See: cli.js scenarios`);
  try {
    return readScenario(JSON.parse(await readFile(nameOrFile, 'utf8')));
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(error.message, { cause: error });
    throw new UsageError(`${nameOrFile} cannot be read: ${String(error)}`, { cause: error });
  }
}

function exitCode(report: ScenarioReport): number {
  if (report.call.answeredAtMs === null || report.call.endedBy === 'application-error')
    return EXIT.notConnected;
  return report.isPassed ? EXIT.passed : EXIT.failed;
}

async function placeCall(command: CallCommand): Promise<number> {
  const scenario = await loadScenario(command.scenario);
  const simulator = new TwilioSimulator({
    authToken: command.authToken,
    ...(command.accountSid !== null && { accountSid: command.accountSid }),
  });
  const { to, from, voiceUrl, fallbackUrl, statusCallback, duplicates, isJson, recording } = command;
  const report = await runScenario({
    simulator,
    scenario,
    speak: command.lines === null ? speakTones : speakFromFolder(command.lines),
    call: {
      to,
      from,
      voiceUrl,
      isRecording: recording !== null,
      ...(fallbackUrl !== null && { fallback: { url: fallbackUrl } }),
      ...(statusCallback !== null && {
        statusCallback: { url: statusCallback, events: ['ringing', 'answered', 'completed'] },
      }),
      ...(duplicates > 1 && { duplicates: { copies: duplicates, order: 'concurrent' } }),
    },
    onProgress: (entry) => {
      const line = isJson ? null : walkLine(entry);
      if (line !== null) console.log(line);
    },
  });
  await simulator.stop();
  const { recording: tracks, ...call } = report.call;
  if (recording !== null && tracks) await writeFile(recording, stereoMulawWav(tracks.caller, tracks.agent));
  console.log(isJson ? JSON.stringify({ ...report, call }, null, 2) : walkSummary(report));
  return exitCode(report);
}

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), process.env);
  switch (command.name) {
    case 'help':
      console.log(HELP);
      return EXIT.passed;
    case 'scenarios':
      for (const { name, description } of SCENARIOS) console.log(`${name.padEnd(14)}${description}`);
      return EXIT.passed;
    case 'call':
      return placeCall(command);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ScenarioError)) throw error;
  console.error(`${error.message}\nSee: node dev/simulators/dist/twilio/cli.js --help`);
  process.exitCode = EXIT.usage;
}
