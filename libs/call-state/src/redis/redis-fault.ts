/** Whether Redis takes writes, and why not. */
export type RedisState =
  | 'connecting'
  | 'writable'
  | 'away'
  | 'read-only'
  | 'out-of-memory'
  | 'not-saving'
  | 'too-few-replicas'
  | 'cluster'
  | 'no-such-database'
  | 'no-such-group'
  | 'no-sentinel'
  | 'busy'
  | 'no-permission'
  | 'refusing';

/** The problem and its cure, in one sentence. */
export const REDIS_PROBLEMS: Readonly<Record<Exclude<RedisState, 'writable'>, string>> = {
  connecting: 'Redis is not connected yet',
  away: 'Redis does not answer',
  'read-only': 'Redis is read-only: REDIS_URL leads to a replica; it has to lead to the primary',
  'out-of-memory':
    'Redis is out of memory and takes no writes: give it more (maxmemory), or find what fills it',
  'not-saving': 'Redis takes no writes because it cannot save to its disk: see its log',
  'too-few-replicas': 'Redis takes no writes because too few replicas follow it (min-replicas-to-write)',
  cluster:
    'Redis runs in cluster mode, which Tandem does not support: REDIS_URL has to lead to a single ' +
    'primary (cluster-enabled no)',
  'no-such-database':
    'Redis has no database of the number in REDIS_URL (see `databases` in its configuration)',
  'no-such-group': 'the Sentinels watch no group of the name in REDIS_URL',
  'no-sentinel': 'none of the Sentinels in REDIS_URL answers',
  busy: 'Redis is loading its data or busy with a script, and takes no commands meanwhile',
  'no-permission':
    'Redis, or its Sentinels, refuse the user or password of REDIS_URL, or commands that user may not use',
  refusing: 'Redis refuses writes',
};

/**
 * First words of error replies; https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors.
 */
const STATES: Readonly<Record<string, RedisState>> = {
  READONLY: 'read-only',
  UNBLOCKED: 'read-only',
  OOM: 'out-of-memory',
  MISCONF: 'not-saving',
  NOREPLICAS: 'too-few-replicas',
  CLUSTERDOWN: 'cluster',
  CROSSSLOT: 'cluster',
  MOVED: 'cluster',
  ASK: 'cluster',
  LOADING: 'busy',
  BUSY: 'busy',
  MASTERDOWN: 'busy',
  NOAUTH: 'no-permission',
  WRONGPASS: 'no-permission',
  NOPERM: 'no-permission',
};

/** Beginning of what ioredis says when it has asked every Sentinel, with the last one's answer behind it. */
const NO_SENTINEL = 'All sentinels are unreachable';

function sentinelStateOf(message: string): 'no-such-group' | 'no-permission' | 'no-sentinel' {
  if (message.includes('No such master')) return 'no-such-group';
  return /\b(?:NOAUTH|WRONGPASS|NOPERM)\b/.test(message) ? 'no-permission' : 'no-sentinel';
}

/** Returns the state an error of a command shows: an error reply, or no reply at all. */
export function redisStateOf(error: unknown): Exclude<RedisState, 'writable'> {
  if (!(error instanceof Error)) return 'away';
  if (error.message.startsWith(NO_SENTINEL)) return sentinelStateOf(error.message);
  if (error.name !== 'ReplyError') return 'away';
  return (STATES[codeOf(error)] as Exclude<RedisState, 'writable'> | undefined) ?? 'refusing';
}

/**
 * Whether a replica has refused a write, or closed a waiting connection because its server became a replica.
 */
export function isReadOnlyReply(error: Error): boolean {
  return STATES[codeOf(error)] === 'read-only';
}

/** Redis 6 wraps the reply to a command inside a script: "ERR Error running script …: -READONLY …". */
function codeOf({ message }: Error): string {
  const [first = ''] = message.split(' ', 1);
  return first === 'ERR' ? (/ -([A-Z]+) /.exec(message)?.[1] ?? first) : first;
}
