import { describe, expect, it } from '@jest/globals';
import { parseRedisAddress } from './redis-address.ts';

describe('the address of Redis', () => {
  it.each(['redis://cache:6379', 'redis://[::1]:6379', 'rediss://user:p%40ss@cache.example.com:6380/2'])(
    'is that of one server: %s',
    (url) => {
      expect(parseRedisAddress(url)).toEqual({ kind: 'server', url });
    },
  );

  it('is a group that Sentinels watch', () => {
    expect(
      parseRedisAddress(
        'rediss+sentinel://app:p%40ss%3A@one.example,two.example:26380,[fd00::3]:26381/calls/4' +
          '?sentinel-user=watch&sentinel-password=w%26w',
      ),
    ).toEqual({
      kind: 'sentinels',
      sentinels: [
        { host: 'one.example', port: 26_379 },
        { host: 'two.example', port: 26_380 },
        { host: 'fd00::3', port: 26_381 },
      ],
      group: 'calls',
      hasTls: true,
      database: 4,
      login: { username: 'app', password: 'p@ss:' },
      sentinelLogin: { username: 'watch', password: 'w&w' },
    });
  });

  it('has no login and database 0 unless it says so', () => {
    expect(parseRedisAddress('redis+sentinel://one/mymaster')).toMatchObject({
      hasTls: false,
      database: 0,
      login: {},
      sentinelLogin: {},
    });
  });

  it('has a password without a user, as servers before Redis 6 did', () => {
    expect(parseRedisAddress('redis+sentinel://:secret@one/mymaster')).toMatchObject({
      login: { password: 'secret' },
    });
  });

  it.each([
    ['no scheme', 'cache:6379'],
    ['another scheme', 'http://cache:6379'],
    ['no group', 'redis+sentinel://one:26379'],
    ['an empty group', 'redis+sentinel://one:26379/'],
    ['an empty host', 'redis+sentinel://one,,two/mymaster'],
    ['a port out of range', 'redis+sentinel://one:70000/mymaster'],
    ['port 0', 'redis+sentinel://one:0/mymaster'],
    ['a database that is no number', 'redis+sentinel://one/mymaster/x'],
    ['a parameter that is unknown', 'redis+sentinel://one/mymaster?tls=true'],
    ['a login that is not encoded', 'redis+sentinel://user:%zz@one/mymaster'],
    ['several servers without Sentinels', 'redis://one:6379,two:6379'],
    ['several servers without ports', 'redis://user:secret@one,two/mymaster'],
    ['no host', 'redis://'],
    ['a database that is no number, of a server', 'redis://one:6379/abc'],
    ['port 0 of a server', 'redis://one:0'],
    ['options of a server', 'redis://one:6379?family=6'],
    ['a login of a server that is not encoded', 'redis://user:%zz@one:6379'],
    ['a user of Sentinels without a password', 'redis+sentinel://one/mymaster?sentinel-user=watch'],
    ['a parameter twice', 'redis+sentinel://one/g?sentinel-password=a&sentinel-password=b'],
    ['an endless text', `redis+sentinel://${'a,'.repeat(2_000)}a/mymaster`],
    ['sixteen Sentinels', `redis+sentinel://${Array.from({ length: 16 }, (_, at) => `s${at}`).join(',')}/g`],
  ])('is refused with %s', (_what, url) => {
    expect(parseRedisAddress(url)).toBeNull();
  });
});
