import { parseRedisAddress, REDIS_ADDRESS_FORMS } from '@tandem/contracts';
import { z } from 'zod';
import { section } from '../setting.ts';
import { commaList, url, wholeNumber } from './forms.ts';

export const secretSection = section('Shared secret', 'Known to the services of one deployment only.', {
  secrets: {
    env: 'TANDEM_SECRET',
    schema: commaList.refine(
      (secrets) => secrets.length > 0 && secrets.every((secret) => secret.length >= 32),
      'each secret needs 32 characters or more',
    ),
    isSecret: true,
    description:
      'Signs stream tickets, callback tokens and requests between services, and encrypts personal ' +
      'data in Redis. 32 characters or more. To rotate, set `new,old`; after the longest call has ' +
      'ended, set `new`.',
    example: 'at-least-32-random-characters-here',
  },
});

export const redisSection = section(
  'Redis',
  'Call state, relay leases and queues. Redis 6.2 or newer without cluster mode, maxmemory-policy ' +
    'noeviction, AOF every second. See docs/operation.md.',
  {
    redisUrl: {
      env: 'REDIS_URL',
      schema: z.string().refine((value) => parseRedisAddress(value) !== null, REDIS_ADDRESS_FORMS),
      isSecret: true,
      description:
        'Address of Redis: `redis://user:password@host:6379`, `rediss://` with TLS, or the Sentinels of a ' +
        'group, `redis+sentinel://user:password@host:26379,host:26379,host:26379/group` (`rediss+sentinel://` ' +
        'with TLS; `?sentinel-user=…&sentinel-password=…` when Sentinels have a login of their own).',
      example: 'redis://localhost:6379',
    },
  },
);

export const databaseSection = section(
  'PostgreSQL',
  'Data that outlives calls. PostgreSQL 13 or newer with btree_gist, directly or behind ' +
    'PgBouncer in session or transaction mode.',
  {
    databaseUrl: {
      env: 'DATABASE_URL',
      schema: url('postgres', 'postgresql'),
      isSecret: true,
      description: 'Address of the database.',
      example: 'postgres://tandem:secret@localhost:5432/tandem',
    },
    databasePoolSize: {
      env: 'DATABASE_POOL_SIZE',
      schema: wholeNumber(1, 200).default(10),
      unit: 'connections',
      description: 'Most connections each process opens.',
    },
  },
);
