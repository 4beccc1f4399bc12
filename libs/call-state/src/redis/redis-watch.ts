import { DependencyUnsuitable } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from './keys.ts';
import { REDIS_PROBLEMS, redisStateOf, type RedisState } from './redis-fault.ts';

export interface RedisReadiness {
  readonly state: RedisState;
  /** The problem in one sentence; null when there is none. */
  readonly problem: string | null;
  /** Waiting does not help. */
  readonly isUnsuitable: boolean;
}

const LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const PROBE_TTL_MS = 60_000;

/**
 * Checks by writing whether Redis takes writes: a server that is read-only, full or in cluster mode answers
 * PING as usual. One write per second while it does; else growing pauses, and one more check as soon as it is
 * connected.
 */
export class RedisWatch {
  readiness: RedisReadiness = readinessOf('connecting');
  private readonly listeners: ((readiness: RedisReadiness) => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private isCluster = false;
  private isOtherDatabase = false;
  private isLooking = false;
  private isStopped = false;

  constructor(private readonly redis: Pick<Redis, 'set' | 'info' | 'call' | 'on' | 'options'>) {
    redis.on('ready', () => void this.connected());
  }

  /** Adds a listener that is called at each change from now on. */
  onChange(listener: (readiness: RedisReadiness) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Resolves when Redis takes writes, however long that takes.
   * @throws DependencyUnsuitable when it runs in cluster mode, or has no database of the wanted number
   */
  writable(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = ({ problem, isUnsuitable }: RedisReadiness): void => {
        if (problem === null) resolve();
        else if (isUnsuitable) reject(new DependencyUnsuitable('redis', problem));
      };
      this.onChange(look);
      look(this.readiness);
    });
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private async connected(): Promise<void> {
    try {
      this.isCluster = /^cluster_enabled:1/m.test(await this.redis.info('cluster'));
    } catch {
      // A user without INFO: refusals of commands with several keys reveal a cluster.
    }
    this.isOtherDatabase = !(await this.isInItsDatabase());
    await this.look();
  }

  /** A client whose SELECT was refused goes on in database 0, beside another deployment perhaps. */
  private async isInItsDatabase(): Promise<boolean> {
    try {
      const [, chosen] = /\bdb=(\d+)/.exec(String(await this.redis.call('CLIENT', 'INFO'))) ?? [];
      return chosen === undefined || Number(chosen) === Number(this.redis.options.db ?? 0);
    } catch {
      return true; // A user without CLIENT, or an old server: nothing can be said.
    }
  }

  private async look(): Promise<void> {
    if (this.isLooking || this.isStopped) return;
    this.isLooking = true;
    if (this.timer) clearTimeout(this.timer);
    this.changeTo(await this.probe());
    this.isLooking = false;
    this.wait();
  }

  private async probe(): Promise<RedisState> {
    if (this.isOtherDatabase) return 'no-such-database';
    try {
      await this.redis.set(keys.writeProbe, '', 'PX', PROBE_TTL_MS);
      return this.isCluster ? 'cluster' : 'writable';
    } catch (error) {
      return redisStateOf(error);
    }
  }

  private wait(): void {
    if (this.isStopped) return;
    const isWell = this.readiness.problem === null;
    this.timer = setTimeout(() => void this.look(), isWell ? LOOK_MS : this.pauseMs);
    this.timer.unref();
    this.pauseMs = isWell ? FIRST_PAUSE_MS : Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  private changeTo(state: RedisState): void {
    if (this.isStopped || state === this.readiness.state) return;
    this.readiness = readinessOf(state);
    for (const listener of this.listeners) listener(this.readiness);
  }
}

function readinessOf(state: RedisState): RedisReadiness {
  return {
    state,
    problem: state === 'writable' ? null : REDIS_PROBLEMS[state],
    isUnsuitable: state === 'cluster' || state === 'no-such-database',
  };
}
