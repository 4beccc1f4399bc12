import { createHash } from 'node:crypto';
import {
  canonical,
  type AuditAct,
  type AuditTrail,
  type PendingAct,
  type StoredAnswer,
  type TenantId,
} from '@tandem/contracts';
import type { Request, Response } from 'express';
import type { Principal } from '../access/principal.ts';
import { Problem } from '../http/problem.ts';
import { auditActorOf } from './audit-actor.ts';
import type { RouteAct } from './route-acts.ts';

const REASON_HEADER = 'audit-reason';
const REASON = /^[\x20-\x7e]{1,600}$/;
const MAX_REASON = 200;

/** A request whose act goes into the audit log. */
export interface AuditedRequest {
  act?: RequestAct;
}

/** The act of a request that is being carried out. */
export class RequestAct implements PendingAct {
  isRecorded = false;
  private before: Uint8Array | null = null;
  private readonly reason: string | null;

  /** @throws Problem 400 `audit-reason-malformed` */
  constructor(
    private readonly route: RouteAct,
    private readonly principal: Principal,
    private readonly request: Request,
    private readonly trail: AuditTrail,
  ) {
    this.reason = reasonOf(request);
  }

  get tenantId(): TenantId {
    return this.principal.tenantId;
  }

  /** Tells this act of this actor on this object from others. */
  get name(): string {
    const { actor, name, objectId } = entryBase(this.route, this.principal, this.request);
    return `${this.tenantId} ${actor.kind} ${actor.id} ${name} ${objectId}`;
  }

  get isOnDemand(): boolean {
    return this.route.isOnDemand === true;
  }

  /** Notes what the object showed before the change. */
  noteBefore(body: unknown): void {
    if (this.route.isSecret !== true) this.before = digest(body);
  }

  entryOf(answer: StoredAnswer | null): AuditAct | null {
    if (answer !== null && answer.status >= 400) return null;
    return {
      ...entryBase(this.route, this.principal, this.request),
      objectId: objectIdOf(this.route, this.request) ?? idIn(answer?.body),
      before: this.before,
      after: this.after(answer),
      reason: this.reason,
    };
  }

  /** Writes the entry unless it is written. */
  async record(): Promise<void> {
    const entry = this.isRecorded ? null : this.entryOf(null);
    if (entry === null) return;
    await this.trail.append(this.tenantId, entry);
    this.isRecorded = true;
  }

  /** Returns the digest of the answer where that is stored with the act, else of what was asked for. */
  private after(answer: StoredAnswer | null): Uint8Array | null {
    const content: unknown = answer?.body ?? this.request.body;
    return this.route.isSecret === true || content === undefined || content === null ? null : digest(content);
  }
}

/** Records the act of a request before its answer begins, for routes that send theirs in parts. */
export async function recordAct(response: Response): Promise<void> {
  await (response.req as AuditedRequest).act?.record();
}

/** Returns an entry with what every act of this request has. */
export function entryBase(route: RouteAct, principal: Principal, request: Request): AuditAct {
  return {
    actor: auditActorOf(principal),
    name: route.act,
    objectId: objectIdOf(route, request),
    refusal: null,
    before: null,
    after: null,
    address: addressOf(request),
    reason: null,
  };
}

/** Returns the address of a request; an IPv4 address in its own form. */
export const addressOf = ({ ip }: Request): string | null => ip?.replace(/^::ffff:/, '') ?? null;

function objectIdOf({ object }: RouteAct, { params }: Request): string | null {
  const id = object === undefined ? Object.values(params)[0] : params[object];
  return typeof id === 'string' ? id : null;
}

/** Returns the id of what was made: of an answer that is the object, or shows it under its kind. */
function idIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const fields = body as Record<string, unknown>;
  for (const name of ['id', 'key', 'date']) if (typeof fields[name] === 'string') return fields[name];
  const inner = Object.values(fields).find((value) => typeof value === 'object' && value !== null);
  return inner && 'id' in inner && typeof inner.id === 'string' ? inner.id : null;
}

/** Returns the header a reason comes in, percent-encoded where it is not ASCII. @throws Problem 400 */
function reasonOf({ headers }: Request): string | null {
  const header = headers[REASON_HEADER];
  if (header === undefined || header === '') return null;
  try {
    const text = typeof header === 'string' && REASON.test(header) ? decodeURIComponent(header) : '';
    if (text !== '' && text.length <= MAX_REASON) return text;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new Problem(
    400,
    'audit-reason-malformed',
    'The request is malformed',
    `Audit-Reason must be 1 to ${MAX_REASON} characters, percent-encoded as UTF-8 where they are not ASCII.`,
  );
}

const digest = (body: unknown): Uint8Array => createHash('sha256').update(canonical(body)).digest();
