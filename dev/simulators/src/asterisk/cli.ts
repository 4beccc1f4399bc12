import { readFile, writeFile } from 'node:fs/promises';
import { speakFromFolder, speakTones } from '../twilio/scenario/lines.ts';
import { readScenario, type Scenario, ScenarioError } from '../twilio/scenario/scenario.ts';
import { findScenario, SCENARIOS } from '../twilio/scenario/scenarios.ts';
import { loadDialplan, startAsteriskSimulator } from './asterisk-simulator.ts';
import { ASTERISK_PEOPLE } from './call/people.ts';
import { type CallCommand, HELP, readCommand, UsageError } from './command-line/cli-options.ts';
import { walkLine, walkSummary } from './command-line/cli-walk.ts';
import { recordingWav } from './command-line/recording.ts';
import { DialplanError } from './dialplan/dialplan-error.ts';
import { SHIPPED_DIALPLAN } from './reference/shipped-dialplan.ts';
import { runAsteriskScenario, type ScenarioReport } from './scenario/scenario-runner.ts';

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

function exitCode({ call, isPassed }: ScenarioReport): number {
  if (!call.legs.some(({ openedAtMs }) => openedAtMs !== null)) return EXIT.notConnected;
  return isPassed ? EXIT.passed : EXIT.failed;
}

async function placeCall(command: CallCommand): Promise<number> {
  const { to, from, url, secret, codec, context, release, people, isJson, recording, lines } = command;
  const dialplan = await loadDialplan(command.dialplan ?? SHIPPED_DIALPLAN, {
    TANDEM_URL: url,
    TANDEM_SECRET: secret,
    TANDEM_CODEC: codec,
  });
  const simulator = await startAsteriskSimulator({
    dialplan,
    release,
    callees: () => ASTERISK_PEOPLE[people](),
    ami: { port: command.amiPort },
    ari: { port: command.ariPort },
  });
  const report = await runAsteriskScenario({
    simulator,
    scenario: await loadScenario(command.scenario),
    speak: lines === null ? speakTones : speakFromFolder(lines),
    call: { to, from, context, isRecording: recording !== null },
    onProgress: (entry) => {
      const line = isJson ? null : walkLine(entry);
      if (line !== null) console.log(line);
    },
  });
  await simulator.stop();
  const { recording: tracks, ...call } = report.call;
  if (recording !== null && tracks) await writeFile(recording, recordingWav(tracks));
  console.log(isJson ? JSON.stringify({ ...report, call }, null, 2) : walkSummary(report));
  return exitCode(report);
}

async function check(file: string): Promise<number> {
  try {
    await loadDialplan(file);
  } catch (error) {
    if (!(error instanceof DialplanError)) throw error;
    console.error(error.message);
    return EXIT.failed;
  }
  console.log(`${file} is supported.`);
  return EXIT.passed;
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
    case 'check':
      return check(command.file);
    case 'call':
      return placeCall(command);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ScenarioError || error instanceof DialplanError))
    throw error;
  console.error(`${error.message}\nSee: node dev/simulators/dist/asterisk/cli.js --help`);
  process.exitCode = EXIT.usage;
}
