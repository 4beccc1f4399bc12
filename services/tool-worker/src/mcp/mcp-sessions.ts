import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { fillSecrets, type McpConnection, type TenantId } from '@tandem/contracts';
import { OutboundConnections, OutboundFailure } from '@tandem/platform';
import { TenantSecretOpener } from '../tenant-secret-opener.ts';
import { loadMcp, McpSession, type SessionLimits } from './mcp-session.ts';

/** Sessions of one worker at a time; beyond, the one that was used longest ago is closed. */
const MOST_SESSIONS = 100;
/** No session is closed that may have a call at work: longer than the longest one. */
const MAY_BE_USED_MS = 60_000;
const IDLE_MS = 5 * 60_000;

interface Held {
  readonly session: Promise<McpSession>;
  usedAt: number;
}

/** The sessions with servers of tenants. Calls of one tenant to one server share a session. */
@Injectable()
export class McpSessions implements OnApplicationShutdown {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly connections: OutboundConnections,
    private readonly secrets: TenantSecretOpener,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.held.keys()].map((key) => this.drop(key)));
  }

  /**
   * Returns the session with a server; a new one after `stale` was refused.
   * @throws OutboundFailure `secret-missing`, and what the protocol's library throws
   */
  async open(
    tenantId: TenantId,
    connection: McpConnection,
    limits: SessionLimits,
    stale: McpSession | null = null,
  ): Promise<McpSession> {
    const headers = this.headersOf(tenantId, connection);
    const { url } = connection.server;
    const key = createHash('sha256')
      .update(JSON.stringify([tenantId, url, headers]))
      .digest('base64url');
    const known = this.held.get(key);
    if (known && Date.now() - known.usedAt < IDLE_MS) {
      const session = await known.session;
      if (session !== stale) {
        known.usedAt = Date.now();
        return session;
      }
    }
    // Its end at the server is not waited for.
    if (this.held.get(key) === known) void this.drop(key, stale === null);
    return this.connect(key, url, headers, limits);
  }

  /** Opens a session of its own, which the caller closes. @throws as {@link open} */
  async fresh(tenantId: TenantId, connection: McpConnection, limits: SessionLimits): Promise<McpSession> {
    return this.openTo(connection.server.url, this.headersOf(tenantId, connection), limits);
  }

  private async openTo(
    url: string,
    headers: Record<string, string>,
    limits: SessionLimits,
  ): Promise<McpSession> {
    const opened = new McpSession(await loadMcp(), this.connections);
    await opened.connect(url, headers, limits);
    return opened;
  }

  private connect(
    key: string,
    url: string,
    headers: Record<string, string>,
    limits: SessionLimits,
  ): Promise<McpSession> {
    const connecting = this.held.get(key)?.session;
    if (connecting) return connecting;
    const session = this.openTo(url, headers, limits);
    this.held.set(key, { session, usedAt: Date.now() });
    session.catch(() => {
      if (this.held.get(key)?.session === session) this.held.delete(key);
    });
    const [oldest] = [...this.held].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (this.held.size > MOST_SESSIONS && oldest && Date.now() - oldest[1].usedAt > MAY_BE_USED_MS)
      void this.drop(oldest[0]);
    return session;
  }

  /** @param isLive whether the server still knows the session */
  private async drop(key: string, isLive = true): Promise<void> {
    const held = this.held.get(key);
    this.held.delete(key);
    const session = await held?.session.catch(() => null);
    if (isLive) await session?.close();
  }

  private headersOf(tenantId: TenantId, { server, secrets }: McpConnection): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [name, template] of Object.entries(server.headers)) {
      const value = fillSecrets(template, (secret) =>
        secrets[secret] === undefined ? null : this.secrets.open(tenantId, secret, secrets[secret]),
      );
      if (value === null) throw new OutboundFailure('secret-missing');
      headers[name.toLowerCase()] = value;
    }
    return headers;
  }
}
