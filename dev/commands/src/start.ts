import { tryOpenAiRealtime } from '@tandem/models';
import { parseOptions, wholeNumber } from '@tandem/stack';
import { problem } from './call/printed-call.ts';
import { reportError } from './stack/command.ts';
import { namesNobodyReads } from './stack/dot-env.ts';
import { launchStack } from './stack/launch-stack.ts';
import { reloadOnChange } from './stack/reload.ts';
import { runningCalls } from './stack/running-calls.ts';
import { signInLink } from './stack/sign-in-link.ts';
import { startedLines } from './stack/started-lines.ts';

const HELP = `npm start                     everything that answers a call, on this machine, until Ctrl-C
npm start -- --relays 3       with three media-relays
npm run dev                   the same, restarted when a source changes

With TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, PUBLIC_BASE_URL, PUBLIC_MEDIA_URL and OPENAI_API_KEY in .env it
serves a real number. Without them agent Sarah speaks through the guided engine (a rule-based demo, not an
AI), and "npm run call" rings her. Prints "ready" when a call can be taken. A service that dies is started
again a second later. Logs: .tandem/logs. Addresses and process ids: .tandem/run.json.`;

const values = parseOptions(
  {
    options: {
      relays: { type: 'string', default: '1' },
      reload: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
if (values.help) {
  console.log(HELP);
} else {
  const relays = wholeNumber({ name: 'relays', text: values.relays, help: HELP }, 1, 20);
  await start(relays).catch((error: unknown) => process.exit(reportError(error)));
}

async function start(relays: number): Promise<void> {
  const print = (line: string) => console.log(line);
  const stack = await launchStack({ log: print, relays, isReviving: true, printMail: print });
  stack.supervisor.stopOnSignals(() => runningCalls(stack));
  const ignored = namesNobodyReads();
  if (ignored.length > 0) console.log(`Not settings, and read by nobody: ${ignored.join(', ')} in .env.`);
  const signInUrl = await signInLink(stack.postgres.url, stack.consoleUrl);
  const unusable = stack.openai && (await tryOpenAiRealtime(stack.openai));
  if (unusable) console.log(problem(`\n${unusable.sentence}`));
  console.log(['', ...startedLines({ ...stack, signInUrl }), '', 'ready'].join('\n'));
  if (values.reload) reloadOnChange(stack.supervisor, (line) => console.log(line));
}
