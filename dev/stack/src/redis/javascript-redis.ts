// A process of its own: js-redis-server bound to loopback and with a password, neither of which it has an
// option for.
//   node javascript-redis.js <js-redis-server's dist/index.mjs>, standard input: JSON of Settings
import { Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

interface Settings {
  readonly port: number;
  readonly password: string;
  readonly databases: number;
}

/**
 * The part of js-redis-server 0.3.0 that is used here. `requirepass` is read at every command, so it may be
 * set after the start.
 */
interface JsRedis {
  readonly createRedisServer: (options: {
    port: number;
    databaseCount: number;
  }) => Promise<{ state: { requirepass?: string }; close(): Promise<void> }>;
}

type Listen = (this: Server, ...args: unknown[]) => Server;

const settings = JSON.parse(await text(process.stdin)) as Settings;
const { createRedisServer } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as JsRedis;

const listen = Reflect.get(Server.prototype, 'listen') as Listen;
const onLoopback: Listen = function onLoopback(port, ...rest) {
  return listen.call(
    this,
    { port, host: '127.0.0.1' },
    ...rest.filter((argument) => typeof argument === 'function'),
  );
};
Reflect.set(Server.prototype, 'listen', onLoopback);

const server = await createRedisServer({ port: settings.port, databaseCount: settings.databases });
server.state.requirepass = settings.password;
process.stdout.write(`listening on 127.0.0.1:${settings.port}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void server.close().then(() => process.exit(0)));
