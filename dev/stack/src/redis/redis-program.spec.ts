import { describe, expect, it } from '@jest/globals';
import { StackError } from '../checkout/stack-error.ts';
import { redisConf } from './redis-conf.ts';
import { chooseRedis, isOlder, parseVersion, redisSources, type RedisProgram } from './redis-program.ts';

const program: RedisProgram = {
  kind: 'native',
  file: '/usr/bin/redis-server',
  args: ['-'],
  libraryPath: null,
  description: 'x',
};

describe('choice of a Redis', () => {
  it('goes from the machine over Debian packages to npm', () => {
    expect(redisSources('/nowhere').map(({ name }) => name)).toEqual([
      'redis-server on PATH',
      'valkey-server on PATH',
      'Debian package redis-server',
      'npm package js-redis-server',
    ]);
  });

  it('takes the first that is available', async () => {
    const closed = { name: 'PATH', attempt: () => Promise.reject(new StackError('not found', '')) };
    const open = { name: 'Debian', attempt: () => Promise.resolve(program) };
    expect(await chooseRedis([closed, open])).toEqual(program);
  });

  it('explains a choice that is no real Redis', async () => {
    const closed = { name: 'PATH', attempt: () => Promise.reject(new StackError('not found', '')) };
    const open = { name: 'npm', attempt: () => Promise.resolve({ ...program, kind: 'javascript' as const }) };
    expect((await chooseRedis([closed, open])).description).toMatch(
      /because no better one is available \(PATH: not found\)\. Install Redis/,
    );
  });

  it('says how to install one when there is none', async () => {
    await expect(chooseRedis([])).rejects.toThrow(/brew install redis.*REDIS_URL/);
  });

  it('reads the version of Redis and of Valkey', () => {
    expect(
      parseVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1'),
    ).toEqual([7, 0, 15]);
    expect(parseVersion('Valkey server v=8.1.0 sha=00000000:0')).toEqual([8, 1, 0]);
    expect(parseVersion('something else 7.0.15')).toBeNull();
  });

  it.each([
    [[5, 0, 14], true],
    [[6, 0, 20], true],
    [[6, 2, 0], false],
    [[7, 0, 15], false],
  ] as const)('of version %j is too old: %s', (version, expected) => {
    expect(isOlder(version)).toBe(expected);
  });
});

describe('configuration of Redis', () => {
  it('is closed to the network and without the password', () => {
    const lines = redisConf(6389, 'secret', false).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['bind 127.0.0.1', 'protected-mode yes', 'requirepass secret']),
    );
  });

  it('keeps data when persistent, and evicts nothing', () => {
    const lines = redisConf(6389, 'secret', false).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['appendonly yes', 'appendfsync everysec', 'maxmemory-policy noeviction']),
    );
  });

  it('keeps nothing when it is ephemeral, and has a database for every test', () => {
    const lines = redisConf(6389, 'secret', true).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['appendonly no', 'save ""', 'databases 1024']));
  });
});
