// Jest's globalSetup of the projects that need servers. It runs once per project that names it, so it counts.
// Nothing is left when Jest is killed: the servers are guarded by processes of their own.
import { startTestServers } from './stack/dist/index.js';

export default async function startServers() {
  const shared = (globalThis.tandemTestServers ??= { users: 0, servers: null });
  shared.users += 1;
  shared.servers ??= startTestServers();
  const { databaseUrl, redisUrl, run } = await shared.servers;
  process.env.TEST_DATABASE_URL = databaseUrl;
  process.env.TEST_REDIS_URL = redisUrl;
  process.env.TEST_RUN = run;
}
