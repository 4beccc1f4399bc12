import { appendFileSync } from 'node:fs';

/** Adds this run's tally as a JSON line to the file named by TANDEM_TALLY_FILE; says nothing otherwise. */
export default class Tally {
  onRunComplete(_contexts, results) {
    const file = process.env.TANDEM_TALLY_FILE;
    if (!file) return;
    const {
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
      numRuntimeErrorTestSuites: broken,
    } = results;
    appendFileSync(file, `${JSON.stringify({ passed, failed: failed + broken, skipped })}\n`);
  }
}
