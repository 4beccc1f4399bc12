import { parseArgs } from 'node:util';
import { loadReport } from './load/report.ts';
import { runLoad } from './load/run-load.ts';

const HELP = `npm run load                         100 calls at once on one relay, each with two turns, a tool call and a goodbye
npm run load -- --calls 300 --relays 2
npm run load -- --ramp 50            calls started per second (default 25)

Starts its own stack on throw-away data, with a simulated carrier and model in this process. Ends 0 when every call
completed and every row is there.`;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    relays: { type: 'string', default: '1' },
    ramp: { type: 'string', default: '25' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  const result = await runLoad({ calls: whole('calls', 1, 2_000), relays: whole('relays', 1, 20), rampPerSecond: whole('ramp', 1, 200), log: (line) => console.log(line) });
  for (const line of loadReport(result)) console.log(line);
  process.exit(result.lost === 0 && result.incomplete === 0 ? 0 : 1);
}

function whole(name: 'calls' | 'relays' | 'ramp', least: number, most: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  console.error(`--${name} takes a whole number from ${least} to ${most}, not "${values[name]}".\n\n${HELP}`);
  return process.exit(2);
}
