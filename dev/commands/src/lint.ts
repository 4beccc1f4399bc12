import { parseArgs } from 'node:util';
import { CHECKS, runChecks } from './checks/checks.ts';
import { checkFigures } from './checks/figures.ts';
import { checkWording } from './checks/wording/wording.ts';

const HELP = `npm run lint                          formatting, ESLint, borders and wording
npm run lint -- --figures             the sizes of the code beside their limits
npm run lint -- --wording libs/tools  the wording of the files below a path

Exits 1 when something is found.`;
const PARTS = ['format', 'lint', 'borders', 'wording'];

const { values } = parseArgs({
  options: {
    figures: { type: 'boolean' },
    wording: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  const { passed, failed } = await found();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

async function found() {
  const { wording, figures } = values;
  if (figures) return checkFigures();
  if (wording !== undefined) return checkWording((path) => path.startsWith(wording));
  return runChecks(
    CHECKS.filter(({ name }) => PARTS.includes(name)),
    undefined,
  );
}
