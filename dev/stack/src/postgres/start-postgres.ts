import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, tandemFolder } from '../checkout/checkout.ts';
import { BoundedLog } from '../process/bounded-log.ts';
import { claimData, type Claim } from '../process/folder-claim.ts';
import { KeptProcess } from '../process/kept-process.ts';
import { LocalServer } from '../process/local-server.ts';
import { externalServer, type Log, type ServerHandle } from '../process/server-handle.ts';
import type { ServerRecipe, UnexpectedExit } from '../process/server-recipe.ts';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { openDatabase, urlOf } from './connection.ts';
import { ephemeralFolder, passwordOf, persistentDataFolder, prepareDataFolder } from './data-folder.ts';
import { postgresUser } from './postgres-user.ts';
import { serverArguments } from './server-arguments.ts';
import { openSharedFolder, sharedFolders } from './shared-folder.ts';
import { clearStalePidFile } from './stale-pid-file.ts';

const USUAL_PORT = 54_329;
const USUAL_EXTERNAL_PORT = 5432;
/** Time limit of a start, with recovery after a crash in the middle of heavy writing. */
const START_LIMIT_MS = 60_000;
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 3_000;

export interface PostgresOptions {
  readonly log?: Log;
  /** Folder of `.tandem`; data goes below it. */
  readonly folder?: string;
  /** Uses a new data folder that is removed at `stop`. Never uses DATABASE_URL. */
  readonly isEphemeral?: boolean;
  /** No fsync: an operating system that crashes may ruin the data, a killed server does not. */
  readonly isFast?: boolean;
  /** Wanted port; another one is taken when it is not free. Ephemeral servers take any. */
  readonly port?: number;
  /** URL of an existing server, used in place of a new one. The persistent one defaults to DATABASE_URL. */
  readonly externalUrl?: string | undefined;
  readonly onUnexpectedExit?: (told: UnexpectedExit) => void;
}

interface Place {
  readonly data: string;
  readonly claim: Claim | null;
}

/**
 * Starts PostgreSQL for this checkout, on loopback, with its own password and the database `tandem`. Started
 * by root it runs as the checkout's owner, or as `nobody`.
 * @throws StackError when there is none for this machine, or when the data folder is in use by another stack
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<ServerHandle> {
  const server = externalPostgres(options) ?? (await startOwn(options));
  options.log?.(server.description);
  return server;
}

function externalPostgres({ externalUrl, isEphemeral }: PostgresOptions): ServerHandle | null {
  const url = externalUrl ?? (isEphemeral ? undefined : process.env['DATABASE_URL']);
  return url ? externalServer('PostgreSQL', 'DATABASE_URL', url, USUAL_EXTERNAL_PORT) : null;
}

async function startOwn(options: PostgresOptions): Promise<ServerHandle> {
  const { folder = tandemFolder, isEphemeral = false, port = USUAL_PORT } = options;
  const isFast = options.isFast ?? isEphemeral;
  const user = postgresUser(folder);
  const binaries = await findPostgresBinaries(user, copyFolders(folder, user !== null));
  const place = isEphemeral
    ? { data: join(ephemeralFolder(user), 'data'), claim: null }
    : await claimPlace(folder, user);
  try {
    await prepareDataFolder(place.data, binaries, user, !isFast);
    await clearStalePidFile(place.data);
  } catch (error) {
    place.claim?.release();
    if (isEphemeral) rmSync(dirname(place.data), { recursive: true, force: true });
    throw error;
  }
  const output = new BoundedLog({ file: isEphemeral ? null : join(folder, 'logs/postgres.log') });
  const recipe = recipeOf({
    place,
    binaries,
    user,
    isFast,
    output,
    onUnexpectedExit: options.onUnexpectedExit,
  });
  return LocalServer.begin(recipe, isEphemeral ? null : port);
}

/**
 * Yields folders for a copy of the binaries: the checkout's cache for an ordinary user, a folder every user
 * may enter for root.
 */
function* copyFolders(folder: string, isSwitchingUser: boolean): Generator<string> {
  if (!isSwitchingUser) yield makeFolder(join(folder, 'cache'));
  else for (const place of sharedFolders(folder)) if (openSharedFolder(place)) yield place;
}

async function claimPlace(folder: string, user: ReturnType<typeof postgresUser>): Promise<Place> {
  const data = persistentDataFolder(folder, user);
  return { data, claim: await claimData(data) };
}

interface Ingredients {
  readonly place: Place;
  readonly binaries: PostgresBinaries;
  readonly user: ReturnType<typeof postgresUser>;
  readonly isFast: boolean;
  readonly output: BoundedLog;
  readonly onUnexpectedExit: PostgresOptions['onUnexpectedExit'];
}

function recipeOf({ place, binaries, user, isFast, output, onUnexpectedExit }: Ingredients): ServerRecipe {
  const { data, claim } = place;
  const password = passwordOf(data);
  const around = dirname(data);
  return {
    name: 'PostgreSQL',
    what: `${binaries.major} (bundled), ${claim ? `data in ${data}` : 'throw-away data'}`,
    urlOf: (port) => urlOf(port, password),
    log: output,
    startLimitMs: START_LIMIT_MS,
    endSteps: [
      { signal: 'SIGINT', waitMs: FAST_STOP_MS },
      { signal: 'SIGQUIT', waitMs: IMMEDIATE_STOP_MS },
    ],
    ...(claim ? { claim } : { ephemeralFolder: around }),
    onUnexpectedExit,
    isReady: (port) => openDatabase(port, password),
    launch: (port) =>
      KeptProcess.launch({
        name: 'PostgreSQL',
        file: binaries.postgres,
        args: serverArguments(data, port, isFast),
        env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] ?? '' },
        cwd: '/',
        runAs: user,
        log: output,
        guard: claim
          ? { signal: 'INT', graceMs: FAST_STOP_MS }
          : { signal: 'QUIT', graceMs: IMMEDIATE_STOP_MS, removes: around },
      }),
  };
}
