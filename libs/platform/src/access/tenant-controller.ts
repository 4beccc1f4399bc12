import { applyDecorators, Controller, UseGuards } from '@nestjs/common';
import { described } from '../http/api-description.ts';
import { ApiProblems } from '../http/endpoint.ts';
import { NeedsScopes, TenantGuard, type RouteScopes } from './tenant.guard.ts';

/** Declares a controller under /v1 that serves one tenant at a time, to principals with these scopes. */
export function TenantController(path: string, scopes: RouteScopes): ClassDecorator {
  return applyDecorators(
    Controller(`v1/${path}`),
    NeedsScopes(scopes),
    UseGuards(TenantGuard),
    described(({ ApiBearerAuth, ApiCookieAuth, ApiTags }) => [
      ApiTags(sectionOf(path)),
      scopes.isForUsersOnly ? ApiCookieAuth() : ApiBearerAuth(),
    ]),
    ApiProblems({
      400: '`invalid-request`: `errors` names each field that is wrong, and how.',
      401: 'No valid API key, session or service token.',
      403: 'The key, or the role, lacks the scope.',
      429: '`rate-limited`: the sender has sent too many requests; try again after Retry-After seconds.',
      503: 'The database is away, or `tenant-busy`; try again after Retry-After seconds.',
    }),
  );
}

/**
 * Returns what an address is about: `recordings` for `calls/:callId/recordings/:recordingId`, `leads` for
 * `leads.csv`.
 */
function sectionOf(path: string): string {
  const section = path.split('/').findLast((part) => !part.startsWith(':')) ?? path;
  return section.replace(/\.\w+$/, '');
}
