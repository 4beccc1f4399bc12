// A whole stack in a process of its own, for specs that kill it: PostgreSQL, Redis and a fixture service in
// the folder named by its argument.
import { join } from 'node:path';
import { checkoutRoot } from '../checkout/checkout.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { startRedis } from '../redis/start-redis.ts';
import { Supervisor } from '../supervisor/supervisor.ts';

const folder = process.argv[2] ?? '';
const postgres = await startPostgres({ folder, isEphemeral: true });
const redis = await startRedis({ isEphemeral: true });
const supervisor = new Supervisor({ folder, postgres, redis });
supervisor.stopOnSignals();
const file = join(checkoutRoot, 'dev/stack/dist/testing/fixture-service.js');
await supervisor.start([
  { service: 'fixture', instance: 'fixture-1', env: { FIXTURE: process.argv[3] ?? '' }, file, graceMs: 500 },
]);
process.send?.({ pids: [postgres.pid, redis.pid, supervisor.pidOf('fixture-1')] });
