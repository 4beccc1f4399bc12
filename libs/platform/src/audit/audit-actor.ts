import type { AuditActor } from '@tandem/contracts';
import type { Principal } from '../access/principal.ts';

/** Returns the actor of a request's acts. */
export function actorOf({ kind, apiKeyId, callId }: Principal): AuditActor {
  return kind === 'service' ? { kind, id: callId } : { kind: 'key', id: apiKeyId };
}
