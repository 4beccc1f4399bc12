import { checkChart } from './kubernetes/chart-check.ts';

const { passed, failed } = await checkChart();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
