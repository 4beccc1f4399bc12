import { createDataSource, DEMO_TENANT_ID, NumberRepository, type PhoneNumber } from '@tandem/database';
import { readRunFile, StackError } from '@tandem/stack';
import { runCommand } from './stack/command.ts';

const HELP = `npm run number                                       the number that rings here
npm run number -- +14155550123                       puts this one in its place
npm run number -- +12025550100 +14155550123          the same with several numbers: the old one, the new one

The stack has to be running. A number is written with + and country code.`;

const E164 = /^\+[1-9]\d{6,14}$/;

const wanted = process.argv.slice(2).map((part) => part.replaceAll(/[\s().-]/g, ''));
const isHelp = process.argv.slice(2).some((part) => /^--?h(elp)?$/.test(part));
if (isHelp) console.log(HELP);
else await runCommand(change);

async function change(): Promise<number> {
  const wrong = wanted.find((number) => !E164.test(number));
  if (wrong !== undefined || wanted.length > 2) {
    console.error(
      wrong === undefined ? HELP : `"${wrong}" is not a number with + and country code.\n\n${HELP}`,
    );
    return 2;
  }
  const url = readRunFile()?.databaseUrl;
  if (!url)
    throw new StackError('No stack is running here.', 'Start one with "npm start" and wait for "ready".');
  const dataSource = await createDataSource({ url, poolSize: 1 }).initialize();
  try {
    const numbers = new NumberRepository(dataSource);
    const held = await numbers.list(DEMO_TENANT_ID);
    const to = wanted.at(-1);
    if (to === undefined) for (const { e164 } of held) console.log(e164);
    else await replace(numbers, theOne(held, wanted.length === 2 ? wanted[0] : undefined), to);
    return 0;
  } finally {
    await dataSource.destroy();
  }
}

function theOne(held: readonly PhoneNumber[], named: string | undefined): PhoneNumber {
  const list = held.map(({ e164 }) => e164).join(', ');
  const found = named === undefined ? held[0] : held.find(({ e164 }) => e164 === named);
  if (!found)
    throw new StackError(`There is no number ${named ?? ''} here.`, `There are: ${list || 'none'}.`);
  if (named === undefined && held.length > 1)
    throw new StackError(
      `There are several numbers here: ${list}.`,
      'Say which one to replace, then the new one.',
    );
  return found;
}

async function replace(numbers: NumberRepository, from: PhoneNumber, to: string): Promise<void> {
  const outcome = await numbers.rename(DEMO_TENANT_ID, from.id, to);
  if (outcome === 'taken')
    throw new StackError(`${to} is a number of this deployment already.`, 'Choose another one.');
  if (outcome === 'not-found')
    throw new StackError(`${from.e164} is no longer here.`, 'Run "npm run number" to see what is.');
  console.log(`${from.e164} is now ${to}. It holds for the next call.`);
}
