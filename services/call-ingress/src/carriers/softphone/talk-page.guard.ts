import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { CONFIG, Problem, type ServiceConfig } from '@tandem/platform';
import type { Request } from 'express';

type TalkSettings = Pick<ServiceConfig<'call-ingress'>, 'talkPage' | 'publicBaseUrl' | 'asteriskSecrets'>;

/** Whether browsers may call: as set, else only where nobody outside is expected. */
export function isTalkPageOn({ talkPage, publicBaseUrl, asteriskSecrets }: TalkSettings): boolean {
  if (talkPage !== undefined) return talkPage === 'on';
  return publicBaseUrl === undefined && asteriskSecrets.length === 0;
}

/**
 * Admits requests of our own page while it is on. A browser names the page a request comes from; pages of
 * others are refused, so that a visit to one starts no calls here.
 */
@Injectable()
export class TalkPageGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: TalkSettings) {}

  canActivate(context: ExecutionContext): boolean {
    if (!isTalkPageOn(this.config))
      throw new Problem(
        404,
        'talk-page-off',
        'Calls from browsers are off',
        'Set TALK_PAGE to on to take calls from browsers: see docs/softphone.md.',
      );
    const request = context.switchToHttp().getRequest<Request>();
    const origin = request.header('origin');
    if (origin === undefined || this.isOurs(origin, request.header('host'))) return true;
    throw new Problem(
      403,
      'foreign-page',
      'Not our page',
      'The request comes from a page of another address. Open /talk under the address of this service, or ' +
        'set PUBLIC_BASE_URL to the address the page is opened under.',
    );
  }

  private isOurs(origin: string, host: string | undefined): boolean {
    if (!URL.canParse(origin)) return false;
    const { publicBaseUrl } = this.config;
    return (
      new URL(origin).host === host ||
      (publicBaseUrl !== undefined && new URL(origin).origin === new URL(publicBaseUrl).origin)
    );
  }
}
