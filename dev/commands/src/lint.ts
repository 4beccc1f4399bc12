import { parseArgs } from 'node:util';
import { CHECKS, runChecks } from './checks/checks.ts';
import { checkFigures } from './checks/figures.ts';

const { values } = parseArgs({
  options: { figures: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  console.log(`npm run lint                formatting, ESLint, borders and wording
npm run lint -- --figures   the sizes of the code beside their limits; 1 when a limit is broken`);
} else if (values.figures) {
  process.exit(checkFigures().failed === 0 ? 0 : 1);
} else {
  const names = ['format', 'lint', 'borders', 'wording'];
  const { passed, failed } = await runChecks(
    CHECKS.filter(({ name }) => names.includes(name)),
    undefined,
  );
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
