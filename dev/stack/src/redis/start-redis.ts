import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot, makeFolder, ownerOf, tandemFolder, type FileOwner } from '../checkout/checkout.ts';
import { BoundedLog } from '../process/bounded-log.ts';
import { claimData, type Claim } from '../process/folder-claim.ts';
import { KeptProcess } from '../process/kept-process.ts';
import { LocalServer } from '../process/local-server.ts';
import { libraryEnvironment } from '../process/run-command.ts';
import { externalServer, type Log, type ServerHandle } from '../process/server-handle.ts';
import type { ServerRecipe, UnexpectedExit } from '../process/server-recipe.ts';
import { withRedis } from './connection.ts';
import { databases, redisConf } from './redis-conf.ts';
import { chooseRedis, redisSources, type RedisProgram } from './redis-program.ts';

const USUAL_PORT = 6389;
const USUAL_EXTERNAL_PORT = 6379;
/** Time limit of a start, with loading a large append-only file. */
const START_LIMIT_MS = 60_000;
const STOP_MS = 10_000;

export interface RedisOptions {
  readonly log?: Log;
  /** Folder of `.tandem`; data and downloads go below it. */
  readonly folder?: string;
  /** Leaves nothing on disk after `stop`. Never uses REDIS_URL. */
  readonly isEphemeral?: boolean;
  /** Wanted port; another one is taken when it is not free. Ephemeral servers take any. */
  readonly port?: number;
  /** URL of an existing server, used in place of a new one. The persistent one defaults to REDIS_URL. */
  readonly externalUrl?: string | undefined;
  /** Sources of the program; the usual ones when absent. */
  readonly sources?: Parameters<typeof chooseRedis>[0];
  /** A single node in cluster mode, to test clients that connect to a cluster. */
  readonly isCluster?: boolean;
  readonly onUnexpectedExit?: (told: UnexpectedExit) => void;
}

interface Place {
  readonly data: string;
  readonly claim: Claim | null;
}

/**
 * Starts Redis for this checkout, on loopback, with a password made at each start. Persistent: append-only
 * file synced every second, never evicts.
 * @throws StackError when none is available, or when the data folder is in use by another stack
 */
export async function startRedis(options: RedisOptions = {}): Promise<ServerHandle> {
  const server = externalRedis(options) ?? (await startOwn(options));
  options.log?.(server.description);
  return server;
}

function externalRedis({ externalUrl, isEphemeral }: RedisOptions): ServerHandle | null {
  const url = externalUrl ?? (isEphemeral ? undefined : process.env['REDIS_URL']);
  return url ? externalServer('Redis', 'REDIS_URL', url, USUAL_EXTERNAL_PORT) : null;
}

async function startOwn(options: RedisOptions): Promise<ServerHandle> {
  const { folder = tandemFolder, isEphemeral = false, port = USUAL_PORT } = options;
  const program = await chooseRedis(options.sources ?? redisSources(join(folder, 'cache')));
  const user = redisUser(folder);
  const place = isEphemeral ? throwAwayPlace(user) : await claimPlace(folder);
  const output = new BoundedLog({ file: isEphemeral ? null : join(folder, 'logs/redis.log') });
  return LocalServer.begin(
    recipeOf({
      program,
      place,
      user,
      output,
      isCluster: options.isCluster ?? false,
      onUnexpectedExit: options.onUnexpectedExit,
    }),
    isEphemeral ? null : port,
  );
}

function throwAwayPlace(user: FileOwner | null): Place {
  const data = mkdtempSync(join(tmpdir(), 'tandem-redis-'));
  if (user) chownSync(data, user.uid, user.gid);
  return { data, claim: null };
}

/** One folder per user: another user's files could not be written. */
async function claimPlace(folder: string): Promise<Place> {
  makeFolder(folder);
  const data = join(folder, `redis-${redisUser(folder)?.uid ?? process.getuid?.() ?? 0}`);
  return { claim: await claimData(data), data: makeFolder(data, 0o700) };
}

/** Started by root in another user's checkout, Redis runs as that user, so that its files stay theirs. */
function redisUser(folder: string): FileOwner | null {
  const owner = isRoot() ? ownerOf(folder) : null;
  return owner && owner.uid !== 0 ? owner : null;
}

interface Ingredients {
  readonly program: RedisProgram;
  readonly place: Place;
  readonly user: FileOwner | null;
  readonly output: BoundedLog;
  readonly isCluster: boolean;
  readonly onUnexpectedExit: RedisOptions['onUnexpectedExit'];
}

function recipeOf({ program, place, user, output, isCluster, onUnexpectedExit }: Ingredients): ServerRecipe {
  const { data, claim } = place;
  const isEphemeral = claim === null;
  const password = randomBytes(24).toString('hex');
  return {
    name: 'Redis',
    what:
      `${isEphemeral || program.kind === 'javascript' ? 'throw-away data' : `data in ${data}`}, ` +
      `${program.description}`,
    urlOf: (port) => `redis://:${password}@127.0.0.1:${port}`,
    log: output,
    startLimitMs: START_LIMIT_MS,
    endSteps: [{ signal: 'SIGTERM', waitMs: STOP_MS }],
    ...(claim ? { claim } : { ephemeralFolder: data }),
    onUnexpectedExit,
    isReady: (port) => answers(port, password),
    launch: (port) =>
      KeptProcess.launch({
        name: 'Redis',
        file: program.file,
        args: program.args,
        env: libraryEnvironment(program.libraryPath),
        cwd: data,
        runAs: user,
        input:
          program.kind === 'native'
            ? redisConf(port, password, isEphemeral, isCluster)
            : JSON.stringify({ port, password, databases: databases(isEphemeral) }),
        log: output,
        guard: { signal: 'TERM', graceMs: STOP_MS, ...(isEphemeral ? { removes: data } : {}) },
      }),
  };
}

/** Ready when it answers PING: while it loads its data it answers everything with an error. */
async function answers(port: number, password: string): Promise<boolean> {
  return (await withRedis({ port, password }, (client) => client.ping())) === 'PONG';
}
