import { applyDecorators, Controller, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { problemSchema } from '../http/problem-schema.ts';
import { NeedsScopes, TenantGuard, type RouteScopes } from './tenant.guard.ts';

/** A controller under /v1 that serves one tenant at a time, to callers with these scopes. */
export function TenantController(path: string, scopes: RouteScopes): ClassDecorator {
  return applyDecorators(
    Controller(`v1/${path}`),
    NeedsScopes(scopes),
    UseGuards(TenantGuard),
    ApiTags(sectionOf(path)),
    ApiBearerAuth(),
    ApiResponse({
      status: 400,
      description: '`invalid-request`: `errors` names each field that is wrong, and how.',
      standardSchema: problemSchema,
    }),
    ApiResponse({
      status: 401,
      description: 'No valid API key or service token.',
      standardSchema: problemSchema,
    }),
    ApiResponse({ status: 403, description: 'The key lacks the scope.', standardSchema: problemSchema }),
    ApiResponse({
      status: 503,
      description: 'The database is away; try again after Retry-After seconds.',
      standardSchema: problemSchema,
    }),
  );
}

/** The thing an address is about: `recordings` of `calls/:callId/recordings/:recordingId`. */
function sectionOf(path: string): string {
  return path.split('/').findLast((part) => !part.startsWith(':')) ?? path;
}
