import { DEMO_ADMIN_EMAIL } from '@tandem/database';
import { readRunFile, StackError } from '@tandem/stack';
import { runCommand } from './stack/command.ts';
import { environment } from './stack/dot-env.ts';
import { signInLink } from './stack/sign-in-link.ts';

const HELP = `npm run sign-in                          a link that signs the demo's admin in, once
npm run sign-in -- robin@example.com     the same for another user

The stack has to be running. The link lasts 15 minutes; a new one replaces it.`;

const [email = DEMO_ADMIN_EMAIL, ...others] = process.argv.slice(2);
if (/^--?h(elp)?$/.test(email) || others.length > 0) console.log(HELP);
else await runCommand(print);

async function print(): Promise<number> {
  const stack = readRunFile();
  const port = stack?.processes.find(({ instance }) => instance === 'control-api')?.ports['http'];
  if (!stack?.databaseUrl || port === undefined)
    throw new StackError('No stack is running here.', 'Start one with "npm start" and wait for "ready".');
  const consoleUrl = environment().CONSOLE_URL ?? `http://127.0.0.1:${port}`;
  const link = await signInLink(stack.databaseUrl, consoleUrl, email);
  if (link === null)
    throw new StackError(
      `No user with the address ${email} can sign in here.`,
      'Invite one in the console, or enable them again.',
    );
  console.log(link);
  return 0;
}
