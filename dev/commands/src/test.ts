import { parseArgs } from 'node:util';
import { CHECKS, runChecks } from './checks/checks.ts';

const HELP = `npm test                     everything a change must pass
npm test -- --only unit,int  a part: ${CHECKS.map(({ name }) => name).join(', ')}
npm test -- --match session  only spec files whose path holds this
npm test -- --seed 7         spec files in an order that depends on this number alone

Needs nothing installed beforehand: PostgreSQL, Redis and the speech programs are found or fetched.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    match: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  const names = values.only?.split(',') ?? CHECKS.map(({ name }) => name);
  const unknown = names.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(`There is no check named ${unknown.join(', ')}.\n\n${HELP}`);
    process.exit(2);
  }
  // Read by dev/jest-sequencer.mjs.
  if (values.seed !== undefined) process.env['TANDEM_TEST_SEED'] = values.seed;
  const { passed, failed } = await runChecks(
    CHECKS.filter(({ name }) => names.includes(name)),
    values.match,
  );
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
