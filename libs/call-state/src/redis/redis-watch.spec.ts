import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RedisWatch } from './redis-watch.ts';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

class ScriptedRedis extends EventEmitter {
  fault: Error | null = null;
  writes = 0;
  cluster = 'cluster_enabled:0';
  database = 0;
  readonly options = { db: 0 };

  set(): Promise<'OK'> {
    this.writes += 1;
    return this.fault ? Promise.reject(this.fault) : Promise.resolve('OK');
  }

  call(): Promise<string> {
    return Promise.resolve(`id=7 addr=127.0.0.1:1 db=${this.database} cmd=client|info`);
  }

  info(): Promise<string> {
    return Promise.resolve(`# Cluster\r\n${this.cluster}\r\n`);
  }
}

describe('the watch on Redis', () => {
  let redis: ScriptedRedis;
  let watch: RedisWatch;
  const told: string[] = [];

  beforeEach(() => {
    jest.useFakeTimers();
    told.length = 0;
    redis = new ScriptedRedis();
    watch = new RedisWatch(redis as never);
    watch.onChange(({ state }) => told.push(state));
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  it('tells each change once, however long it lasts, and looks less and less often', async () => {
    redis.emit('ready');
    await jest.advanceTimersByTimeAsync(10_000);
    redis.fault = reply("OOM command not allowed when used memory > 'maxmemory'.");
    await jest.advanceTimersByTimeAsync(1_000);
    const writes = redis.writes;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(redis.writes - writes).toBeLessThan(36);
    expect(watch.readiness).toMatchObject({
      state: 'out-of-memory',
      problem: expect.stringContaining('out of memory'),
    });
    redis.fault = null;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual(['writable', 'out-of-memory', 'writable']);
  });

  it('looks at once when the connection is there again', async () => {
    redis.emit('ready');
    await jest.advanceTimersByTimeAsync(0);
    redis.fault = new Error('Connection is closed.');
    await jest.advanceTimersByTimeAsync(30_000);
    redis.fault = null;
    redis.emit('ready');
    await jest.advanceTimersByTimeAsync(0);
    expect(told).toEqual(['writable', 'away', 'writable']);
  });

  it('refuses one in which it is not in the database of its address', async () => {
    redis.database = 1;
    const refused = expect(watch.writable()).rejects.toMatchObject({
      name: 'DependencyUnsuitable',
      message: expect.stringContaining('no database of the number'),
    });
    redis.emit('ready');
    await jest.advanceTimersByTimeAsync(0);
    await refused;
    expect(redis.writes).toBe(0);
  });

  it('refuses one in cluster mode, and waits for any other trouble to pass', async () => {
    redis.cluster = 'cluster_enabled:1';
    const refused = expect(watch.writable()).rejects.toMatchObject({
      name: 'DependencyUnsuitable',
      message: expect.stringContaining('cluster mode'),
    });
    redis.emit('ready');
    await jest.advanceTimersByTimeAsync(0);
    await refused;

    const other = new ScriptedRedis();
    other.fault = reply('LOADING Redis is loading the dataset in memory');
    const patient = new RedisWatch(other as never);
    const writable = patient.writable();
    other.emit('ready');
    await jest.advanceTimersByTimeAsync(5_000);
    other.fault = null;
    await jest.advanceTimersByTimeAsync(2_000);
    await expect(writable).resolves.toBeUndefined();
    patient.stop();
  });
});
