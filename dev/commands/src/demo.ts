import { DEMO_PHONE_NUMBER } from '@tandem/database';
import { parseOptions, readRunFile, StackError } from '@tandem/stack';
import { bookingScenario } from './call/booking-caller.ts';
import { persistedCall, type PersistedCall } from './call/persisted-call.ts';
import { placeCall, spokenBy, type PlacedCall } from './call/place-call.ts';
import { CallPrinter, good, heading, latencyLines, problem, TIMES } from './call/printed-call.ts';
import { reportError } from './stack/command.ts';
import { launchStack } from './stack/launch-stack.ts';
import { runningCalls } from './stack/running-calls.ts';
import { signInLink } from './stack/sign-in-link.ts';
import type { Stack } from './stack/stack.ts';

const HELP = `npm run demo               from nothing to an answered call; the stack stays up until Ctrl-C
npm run demo -- --once     exits after the call: 0 when it was answered, booked and stored, else 1 with
                           the reason

Needs no Docker, no key and no account: real PostgreSQL and Redis are started here, the carrier is a
simulator, the caller speaks synthesised words in real time, and agent Sarah is the guided engine, a
rule-based demo and not an AI.`;

/** Alex Morgan of the seeds: the agent knows the number. */
const CALLER = '+12025550123';
/** Five of the caller, and an answer to all but the last. */
const LEAST_UTTERANCES = 9;

const values = parseOptions(
  { options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } },
  HELP,
);
if (values.help) console.log(HELP);
else await demo();

async function demo(): Promise<void> {
  let stack: Stack | null = null;
  try {
    stack = await start();
    const isGood = await call(stack);
    if (values.once) {
      await stack.stop();
      process.exit(isGood ? 0 : 1);
    }
    const signInUrl = await signInLink(stack.postgres.url, stack.consoleUrl);
    const more = `${consoleLine(signInUrl)}${talkLine(stack)}`;
    console.log(`
The stack stays up.${more} Ring it again with "npm run call" in another terminal, look at calls on
${stack.urls.controlApi}/docs (API key: "npm run key"), end it with Ctrl-C.${mailLine(stack)}`);
  } catch (error) {
    const code = reportError(error);
    await stack?.stop();
    process.exit(code);
  }
}

function talkLine({ talkUrl }: Stack): string {
  return talkUrl === null ? '' : ` Talk to the agent yourself on\n${talkUrl}.`;
}

function consoleLine(signInUrl: string | null): string {
  return signInUrl === null ? '' : ` Sign in to the console, once and within 15 minutes, on\n${signInUrl} .`;
}

function mailLine({ isMailLocal }: Stack): string {
  return isMailLocal ? '\nE-mails are printed here and sent to nobody.' : '';
}

async function start(): Promise<Stack> {
  console.log(heading('Starting'));
  const isBeside = readRunFile() !== null;
  if (isBeside)
    console.log('  Another stack runs in this checkout: the demo uses throw-away data beside it.');
  const stack = await launchStack({
    log: (line) => console.log(`  ${line}`),
    relays: 1,
    isEphemeral: isBeside,
    agentModel: 'guided',
    printMail: (line) => console.log(line),
    // The demo calls the services at their local addresses, also when .env has public ones for a real number.
    env: { PUBLIC_BASE_URL: '', PUBLIC_MEDIA_URL: '' },
  });
  stack.supervisor.stopOnSignals(() => runningCalls(stack));
  console.log(good('  ready'));
  return stack;
}

async function call(stack: Stack): Promise<boolean> {
  if (!stack.speech.synthesiser)
    throw new StackError(
      'There is no speech synthesis on this machine, so nobody could speak.',
      stack.speech.explanation,
    );
  const scenario = await bookingScenario({ crmApiUrl: stack.urls.crmApi, apiKey: stack.secrets.demoApiKey });
  console.log(heading(`Calling ${DEMO_PHONE_NUMBER}`));
  console.log(TIMES);
  const printer = new CallPrinter((line) => console.log(line));
  const placed = await placeCall(
    {
      ingressUrl: stack.urls.ingress,
      redisUrl: stack.redis.url,
      tandemSecret: stack.secrets.tandemSecret,
      twilioAccountSid: stack.twilioAccountSid,
      twilioAuthToken: stack.twilioAuthToken,
    },
    {
      scenario,
      from: CALLER,
      to: DEMO_PHONE_NUMBER,
      speak: spokenBy(stack.speech),
      onCarrier: (entry) => printer.carrier(entry),
      onEvent: (event) => printer.event(event),
    },
  );
  printer.end();
  return report(stack, placed);
}

async function report(stack: Stack, { report, callId, events }: PlacedCall): Promise<boolean> {
  const persisted = callId ? await persistedCall(stack.postgres.url, callId) : null;
  console.log(heading('Written down'));
  if (persisted) {
    const { call, booking } = persisted;
    console.log(
      `  call ${call.callId}: ${call.status}, ${call.termination?.reason}, ${call.utterances.length} ` +
        `utterances, ${call.toolCalls.length} tool calls, outcome "${call.disposition?.outcome}"`,
    );
    if (booking)
      console.log(
        `  booking ${booking.reference}: ${booking.service.name} with ${booking.resource.name}, ` +
          `${booking.startsAt.toISOString()}, ${booking.status}`,
      );
  }
  console.log(heading('What the caller waited for'));
  for (const line of latencyLines(report, events)) console.log(line);
  const failures = [...report.failures, ...missingRows(callId !== null, persisted)];
  console.log(
    failures.length === 0
      ? good('\nThe call was answered, the appointment booked, the transcript written down.')
      : problem(
          `\nThe demo did not go as it should:\n${failures.map((failure) => `  - ${failure}`).join('\n')}`,
        ),
  );
  return failures.length === 0;
}

function missingRows(isAdmitted: boolean, persisted: PersistedCall | null): string[] {
  if (!isAdmitted) return ['the call was not admitted'];
  if (!persisted) return ['the call is not in Postgres'];
  return [
    ...(persisted.booking ? [] : ['no appointment was booked']),
    ...(persisted.call.utterances.length < LEAST_UTTERANCES ? ['the transcript is not complete'] : []),
  ];
}
