import type { AuditActor } from '@tandem/contracts';
import type { Principal } from '../access/principal.ts';

/** Returns the actor of a request's acts. */
export function auditActorOf({ kind, userId, apiKeyId, callId }: Principal): AuditActor {
  if (kind === 'service') return { kind, id: callId };
  return kind === 'user' ? { kind, id: userId } : { kind: 'key', id: apiKeyId };
}
