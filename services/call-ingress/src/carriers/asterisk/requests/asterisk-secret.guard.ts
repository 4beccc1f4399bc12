import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { CONFIG, isListed, networksOf, Problem, type Networks, type ServiceConfig } from '@tandem/platform';
import type { Request } from 'express';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';

const REFUSALS = {
  'not-configured': 'No PBX may ask here. Set ASTERISK_SECRET, and the same secret in the dialplan.',
  'network-not-allowed':
    'The request comes from an address outside ASTERISK_ALLOWED_NETWORKS. Add the network of the PBX.',
  missing: 'The request has no header "Authorization: Bearer <secret>".',
  wrong: 'The secret is not one of ASTERISK_SECRET.',
} as const;

/** Admits requests of a PBX that shows our secret, from the networks that are allowed. */
@Injectable()
export class AsteriskSecretGuard implements CanActivate {
  private readonly networks: Networks;
  private readonly digests: readonly Buffer[];

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'call-ingress'>,
    private readonly metrics: IngressMetrics,
  ) {
    this.networks = networksOf(config.asteriskNetworks);
    this.digests = config.asteriskSecrets.map(digest);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (this.digests.length === 0) return this.refuse('not-configured');
    if (!isListed(this.networks, request.socket.remoteAddress ?? ''))
      return this.refuse('network-not-allowed');
    const shown = /^Bearer +(\S{1,512})$/i.exec(request.header('authorization') ?? '')?.[1];
    if (shown === undefined) return this.refuse('missing');
    const asDigest = digest(shown);
    return this.digests.some((one) => timingSafeEqual(one, asDigest)) || this.refuse('wrong');
  }

  private refuse(reason: keyof typeof REFUSALS): never {
    this.metrics.signatureFailures.inc({ reason: `asterisk-${reason}` });
    throw new Problem(403, 'asterisk-secret', 'Not a request of our PBX', REFUSALS[reason], {}, {}, reason);
  }
}

/** Two texts of any length are compared by digests of one length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
