import { connectRedis } from '@tandem/call-state';
import { followRedis, freePort, startRedis, type ServerHandle } from '@tandem/stack';
import type { FaultProxy } from '../fault-proxy/fault-proxy.ts';

type Connection = ReturnType<typeof connectRedis>;

interface Member {
  readonly server: ServerHandle;
  /** A connection for administration. */
  readonly admin: Connection;
}

/**
 * Two Redis servers, a leader and its follower; the services reach the current leader over one line, with one
 * password.
 */
export class RedisPair {
  private constructor(
    private readonly line: FaultProxy,
    private readonly password: string,
    private leader: Member,
    private follower: Member,
    private readonly own: ServerHandle,
  ) {}

  /** @param first the leader, supervised by its own starter */
  static async start(first: ServerHandle, line: FaultProxy): Promise<RedisPair> {
    const second = await startRedis({ isEphemeral: true });
    const { password } = new URL(first.url);
    const pair = new RedisPair(line, password, memberOf(first), memberOf(second), second);
    await pair.follow();
    return pair;
  }

  /** Cuts the follower off: writes from now on are lost once it leads. */
  async isolateFollower(): Promise<void> {
    await this.follower.admin.replicaof('NO', 'ONE');
  }

  /**
   * Kills the leader and promotes the follower with the data it has. The dead server is started again as a
   * follower.
   */
  async failOver(): Promise<void> {
    await this.leader.server.kill('SIGKILL');
    [this.leader, this.follower] = [this.follower, this.leader];
    this.line.lead(this.leader.server.port);
    await this.follower.server.start();
    await this.follow();
  }

  /**
   * Promotes the follower; the former leader keeps its connections, refuses writes and receives no more data.
   */
  async demote(): Promise<void> {
    await this.follower.admin.replicaof('NO', 'ONE');
    [this.leader, this.follower] = [this.follower, this.leader];
    this.line.lead(this.leader.server.port);
    await this.follower.admin.replicaof('127.0.0.1', await freePort());
  }

  async stop(): Promise<void> {
    for (const { admin } of [this.leader, this.follower]) admin.disconnect();
    await this.own.stop();
  }

  /** Both use the first server's password; a server that is started again has its own. */
  private follow(): Promise<void> {
    return followRedis(this.follower.admin, { port: this.leader.server.port, password: this.password });
  }
}

const memberOf = (server: ServerHandle): Member => ({ server, admin: connectRedis(server.url, 'command') });
