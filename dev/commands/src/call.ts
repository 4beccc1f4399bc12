import { createDataSource, DEMO_PHONE_NUMBER, DEMO_TENANT_ID, NumberRepository } from '@tandem/database';
import { findScenario, SCENARIOS, speakTones, type Scenario } from '@tandem/simulators';
import { ensureSpeech, parseOptions, readRunFile, StackError, type Run } from '@tandem/stack';
import { bookingScenario } from './call/booking-caller.ts';
import { placeCall, spokenBy, type CallTarget } from './call/place-call.ts';
import { CallPrinter, heading, latencyLines, problem, TIMES } from './call/printed-call.ts';
import { runCommand } from './stack/command.ts';
import { environment } from './stack/dot-env.ts';
import { localSecrets } from './stack/local-secrets.ts';

const OTHERS = SCENARIOS.map(({ name }) => name).filter((name) => name !== 'booking');
const HELP = `npm run call                              rings the running stack; the caller books
npm run call -- --scenario interruption   another caller: booking, ${OTHERS.join(', ')}
npm run call -- --from +12025550147 --to ${DEMO_PHONE_NUMBER}
                                          --to is the stack's own number unless you name another

The stack is the one "npm start" or "npm run demo" keeps up. Exits 0 when the caller got what they expect.`;

const values = parseOptions(
  {
    options: {
      scenario: { type: 'string', default: 'booking' },
      from: { type: 'string', default: '+12025550123' },
      to: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
if (values.help) console.log(HELP);
else await runCommand(ring);

async function ring(): Promise<number> {
  const run = readRunFile();
  if (!run?.databaseUrl)
    throw new StackError('No stack is running here.', 'Start one with "npm start" and wait for "ready".');
  const urlOf = (service: string): string =>
    `http://127.0.0.1:${run.processes.find((running) => running.service === service)?.ports.http ?? 0}`;
  const env = environment();
  const secrets = localSecrets();
  const scenario =
    values.scenario === 'booking'
      ? await bookingScenario({ crmApiUrl: urlOf('crm-api'), apiKey: secrets.demoApiKey })
      : findScenario(values.scenario);
  if (!scenario) {
    console.error(`There is no scenario "${values.scenario}".\n\n${HELP}`);
    return 2;
  }
  const target = {
    ingressUrl: run.publicUrl ?? urlOf('call-ingress'),
    redisUrl: run.redisUrl ?? '',
    tandemSecret: env.TANDEM_SECRET ?? secrets.tandemSecret,
    twilioAccountSid: env.TWILIO_ACCOUNT_SID ?? null,
    twilioAuthToken: (env.TWILIO_AUTH_TOKEN ?? secrets.twilioAuthToken).split(',')[0] ?? '',
  };
  return speakWith(target, scenario, values.to ?? (await ownNumber(run)));
}

/** Returns the number that replaced the demo's, if one did. */
async function ownNumber({ databaseUrl }: Run): Promise<string> {
  const dataSource = await createDataSource({ url: databaseUrl ?? '', poolSize: 1 }).initialize();
  try {
    return (await new NumberRepository(dataSource).list(DEMO_TENANT_ID))[0]?.e164 ?? DEMO_PHONE_NUMBER;
  } finally {
    await dataSource.destroy();
  }
}

async function speakWith(target: CallTarget, scenario: Scenario, to: string): Promise<number> {
  const speech = await ensureSpeech();
  console.log(heading(`${values.from} calls ${to}: ${scenario.description}`));
  console.log(TIMES);
  const printer = new CallPrinter((line) => console.log(line));
  const { report, events, callId } = await placeCall(target, {
    scenario,
    from: values.from,
    to,
    speak: speech.synthesiser ? spokenBy(speech) : speakTones,
    onCarrier: (entry) => printer.carrier(entry),
    onEvent: (event) => printer.event(event),
  });
  printer.end();
  console.log(heading('What the caller waited for'));
  for (const line of latencyLines(report, events)) console.log(line);
  if (callId) console.log(`\n  call ${callId}`);
  for (const failure of report.failures) console.error(problem(`  - ${failure}`));
  return report.isPassed ? 0 : 1;
}
