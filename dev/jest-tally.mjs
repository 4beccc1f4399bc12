import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes the tally of a run as JSON into the file named by TANDEM_TALLY_FILE; does nothing without one. */
export default class Tally {
  file = process.env.TANDEM_TALLY_FILE;

  /** A run that dies leaves no tally, not the one before it. */
  onRunStart() {
    if (this.file) rmSync(this.file, { force: true });
  }

  onRunComplete(_contexts, results) {
    if (!this.file) return;
    const { numPassedTests: passed, numFailedTests, numRuntimeErrorTestSuites } = results;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify({ passed, failed: numFailedTests + numRuntimeErrorTestSuites }));
  }
}
