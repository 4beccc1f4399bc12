import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DatabaseProblemInterceptor } from '../http/database-problem.ts';
import { problemSchema } from '../http/problem.dto.ts';
import { TenantGuard } from './tenant.guard.ts';

/** A controller under /v1 that serves one tenant at a time. Every controller of this service is one. */
export function TenantController(path: string): ClassDecorator {
  return applyDecorators(
    Controller(`v1/${path}`),
    UseGuards(TenantGuard),
    UseInterceptors(DatabaseProblemInterceptor),
    ApiTags(path),
    ApiBearerAuth(),
    ApiResponse({ status: 400, description: 'Malformed; `detail` names the field.', standardSchema: problemSchema }),
    ApiResponse({ status: 401, description: 'No valid API key or service token.', standardSchema: problemSchema }),
    ApiResponse({ status: 403, description: 'The key lacks the scope.', standardSchema: problemSchema }),
    ApiResponse({ status: 503, description: 'The database is away; try again after Retry-After seconds.', standardSchema: problemSchema }),
  );
}
