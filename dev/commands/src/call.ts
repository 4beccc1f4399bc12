import { DEMO_PHONE_NUMBER } from '@tandem/database';
import { findScenario, SCENARIOS, speakTones, type Scenario } from '@tandem/simulators';
import { ensureSpeech, parseOptions, readRunFile } from '@tandem/stack';
import { bookingScenario } from './call/booking-caller.ts';
import { placeCall, spokenBy, type CallTarget } from './call/place-call.ts';
import { carrierLine, eventLine, heading, latencyLines, problem } from './call/printed-call.ts';
import { environment } from './stack/dot-env.ts';
import { localSecrets } from './stack/local-secrets.ts';

const HELP = `npm run call                              rings the running stack with a caller who books an appointment
npm run call -- --scenario interruption   another caller: booking, ${SCENARIOS.map(({ name }) => name)
  .filter((name) => name !== 'booking')
  .join(', ')}
npm run call -- --from +12025550147 --to ${DEMO_PHONE_NUMBER}

The stack is the one "npm start" or "npm run demo" keeps up. Ends 0 when the caller got what they expect.`;

const values = parseOptions({
  options: {
    scenario: { type: 'string', default: 'booking' },
    from: { type: 'string', default: '+12025550123' },
    to: { type: 'string', default: DEMO_PHONE_NUMBER },
    help: { type: 'boolean', short: 'h' },
  },
}, HELP);
if (values.help) console.log(HELP);
else process.exit(await ring());

async function ring(): Promise<number> {
  const run = readRunFile();
  if (!run) {
    console.error('No stack is running in this checkout. Start one with "npm start" and wait for "ready".');
    return 2;
  }
  const urlOf = (service: string): string => `http://127.0.0.1:${run.processes.find((running) => running.service === service)?.ports.http ?? 0}`;
  const env = environment();
  const secrets = localSecrets();
  const scenario = values.scenario === 'booking' ? await bookingScenario({ crmApiUrl: urlOf('crm-api'), apiKey: secrets.demoApiKey }) : findScenario(values.scenario);
  if (!scenario) {
    console.error(`There is no scenario "${values.scenario}".\n\n${HELP}`);
    return 2;
  }
  return speakWith(
    {
      ingressUrl: env.PUBLIC_BASE_URL ?? urlOf('call-ingress'),
      redisUrl: run.redisUrl ?? '',
      tandemSecret: env.TANDEM_SECRET ?? secrets.tandemSecret,
      twilioAuthToken: (env.TWILIO_AUTH_TOKEN ?? secrets.twilioAuthToken).split(',')[0] ?? '',
    },
    scenario,
  );
}

async function speakWith(target: CallTarget, scenario: Scenario): Promise<number> {
  const speech = await ensureSpeech();
  console.log(heading(`${values.from} calls ${values.to}: ${scenario.description}`));
  const startedAt = Date.now();
  const print = (line: string | null): void => {
    if (line !== null) console.log(line);
  };
  const { report, events, callId } = await placeCall(target, {
    scenario,
    from: values.from,
    to: values.to,
    speak: speech.synthesiser ? spokenBy(speech) : speakTones,
    onCarrier: (entry) => print(carrierLine(entry)),
    onEvent: (event) => print(eventLine(event, startedAt)),
  });
  console.log(heading('What the caller waited for'));
  for (const line of latencyLines(report, events)) console.log(line);
  if (callId) console.log(`\n  call ${callId}`);
  for (const failure of report.failures) console.error(problem(`  - ${failure}`));
  return report.isPassed ? 0 : 1;
}
