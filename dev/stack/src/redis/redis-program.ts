import { extname, join } from 'node:path';
import { StackError } from '../checkout/stack-error.ts';
import { debianPackages, programOf } from '../downloads/debian.ts';
import { firstAvailable, type Source } from '../downloads/first-available.ts';
import { npmPackage } from '../downloads/npm.ts';
import { findProgram, libraryEnvironment, runCommand } from '../process/run-command.ts';

const VERSION_LIMIT_MS = 5_000;
/** BullMQ asks for 6.2: older servers lack commands it uses. */
const OLDEST: readonly [number, number] = [6, 2];
const JS_REDIS = { name: 'js-redis-server', version: '0.3.0' };

/** A program that can be started as a Redis server. */
export interface RedisProgram {
  /**
   * `native` reads a redis.conf on standard input; `javascript` is our wrapper around js-redis-server, which
   * keeps nothing on disk.
   */
  readonly kind: 'native' | 'javascript';
  readonly file: string;
  readonly args: readonly string[];
  readonly libraryPath: string | null;
  readonly description: string;
}

/** The sources of a Redis server, the best one first. */
export function redisSources(cache: string): Source<RedisProgram>[] {
  return [
    { name: 'redis-server on PATH', attempt: () => onPath('redis-server') },
    { name: 'valkey-server on PATH', attempt: () => onPath('valkey-server') },
    { name: 'Debian package redis-server', attempt: () => fromDebian(cache) },
    { name: `npm package ${JS_REDIS.name}`, attempt: () => fromNpm(cache) },
  ];
}

const BY_HAND =
  'Install Redis 6.2 or newer or Valkey ("apt install redis-server", "brew install redis"), or set ' +
  'REDIS_URL.';

/**
 * Returns the first available program; one that is no real Redis says in its description why there is no
 * better one.
 * @throws StackError with the reason for each source that does not work
 */
export async function chooseRedis(sources: readonly Source<RedisProgram>[]): Promise<RedisProgram> {
  const { value, passedOver } = await firstAvailable('Redis server', sources, BY_HAND);
  return value.kind === 'native'
    ? value
    : {
        ...value,
        description:
          `${value.description}, because no better one is available ` +
          `(${passedOver.join('; ')}). ${BY_HAND}`,
      };
}

async function onPath(name: string): Promise<RedisProgram> {
  const file = findProgram(name);
  if (!file) throw new StackError('not found', `Install ${name}.`);
  return native(file, null, file);
}

async function fromDebian(cache: string): Promise<RedisProgram> {
  const tree = await debianPackages(cache, ['redis-server']);
  const file = programOf(tree, 'redis-server');
  if (!file) throw new StackError('the package holds no redis-server', 'Install redis-server.');
  return native(file, tree.libraryPath, 'Debian package, unpacked in the cache');
}

async function native(file: string, libraryPath: string | null, where: string): Promise<RedisProgram> {
  const ran = await runCommand(file, ['--version'], {
    timeoutMs: VERSION_LIMIT_MS,
    env: libraryEnvironment(libraryPath),
  });
  const version = parseVersion(ran.output.toString());
  if (ran.code !== 0 || version === null)
    throw new StackError(
      `${file} does not run: ${ran.complaint || `it ended with ${ran.code}`}`,
      'Reinstall it.',
    );
  if (isOlder(version))
    throw new StackError(
      `${file} is version ${version.join('.')}, older than ${OLDEST.join('.')}`,
      'Upgrade it.',
    );
  return { kind: 'native', file, args: ['-'], libraryPath, description: `${version.join('.')} (${where})` };
}

/** "Redis server v=7.0.15 sha=…" or "Valkey server v=8.1.0 sha=…". */
export function parseVersion(text: string): [number, number, number] | null {
  const found = /\bv=(\d+)\.(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : null;
}

export function isOlder([major, minor]: readonly [number, number, number]): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

async function fromNpm(cache: string): Promise<RedisProgram> {
  const folder = await npmPackage(cache, JS_REDIS.name, JS_REDIS.version);
  const wrapper = join(import.meta.dirname, `javascript-redis${extname(import.meta.filename)}`);
  return {
    kind: 'javascript',
    file: process.execPath,
    args: [wrapper, join(folder, 'dist/index.mjs')],
    libraryPath: null,
    description: `${JS_REDIS.name} ${JS_REDIS.version} (slow, keeps nothing on disk)`,
  };
}
