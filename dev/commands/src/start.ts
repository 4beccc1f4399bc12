import { parseOptions, StackError } from '@tandem/stack';
import { launchStack } from './stack/launch-stack.ts';
import { NUMBER_SETTINGS } from './stack/number-settings.ts';
import { reloadOnChange } from './stack/reload.ts';

const HELP = `npm start                     everything that answers a call, on this machine, until Ctrl-C
npm start -- --relays 3       with three media-relays
npm run dev                   the same, restarted when a source changes

With TWILIO_AUTH_TOKEN, PUBLIC_BASE_URL, PUBLIC_MEDIA_URL and OPENAI_API_KEY in .env it serves a real number.
Without them agent Sarah speaks through the guided engine (a rule-based demo, not an AI), and "npm run call" rings her.
Prints "ready" when a call can be taken. A service that dies is started again a second later. Logs: .tandem/logs. Addresses and process ids: .tandem/run.json.`;

const values = parseOptions({ options: { relays: { type: 'string', default: '1' }, reload: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }, HELP);
const relays = Number(values.relays);
if (values.help) {
  console.log(HELP);
} else if (!Number.isInteger(relays) || relays < 1 || relays > 20) {
  console.error(`--relays takes a whole number from 1 to 20, not "${values.relays}".\n\n${HELP}`);
  process.exit(2);
} else {
  await start();
}

async function start(): Promise<void> {
  try {
    const stack = await launchStack({ log: (line) => console.log(line), relays, isReviving: true });
    stack.supervisor.stopOnSignals();
    console.log(`
  Twilio voice webhook   ${stack.urls.ingress}/twilio/voice${NUMBER_SETTINGS}
  Twilio status callback ${stack.urls.ingress}/twilio/status${NUMBER_SETTINGS}
  calls and transcripts  ${stack.urls.controlApi}/docs
  contacts and bookings  ${stack.urls.crmApi}/docs
  API key of "demo"      in .tandem/secrets.json
  ring it                npm run call
`);
    console.log('ready');
    if (values.reload) reloadOnChange(stack.supervisor, (line) => console.log(line));
  } catch (error) {
    console.error(error instanceof StackError ? `\n${error.message}` : error);
    process.exit(1);
  }
}
