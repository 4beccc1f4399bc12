import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { problemSchema } from './problem-schema.ts';

/** A successful response of a route. */
export interface Success {
  /** 200 unless given. */
  readonly status?: number;
  /** The body; without a schema there is none, or none that a schema can describe. */
  readonly schema?: z.ZodType;
  readonly description?: string;
}

export interface EndpointOptions {
  readonly summary: string;
  readonly description?: string;
  /** The usual response, whose status is sent unless the route sets another; then the others. */
  readonly success: Success | readonly [Success, ...Success[]];
  /** The refusals by status: their codes and meaning. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** Sets the status of a route, and describes its responses and refusals in the OpenAPI document. */
export function Endpoint({ summary, description, success, problems = {} }: EndpointOptions): MethodDecorator {
  const successes: readonly Success[] = [success].flat();
  return applyDecorators(
    HttpCode(successes[0]?.status ?? 200),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ...successes.map(({ status = 200, schema, description: about }) =>
      ApiResponse({
        status,
        ...(about === undefined ? {} : { description: about }),
        ...(schema === undefined ? {} : { standardSchema: schema }),
      }),
    ),
    ApiProblems(problems),
  );
}

/** Describes refusals in the OpenAPI document; the text is added to a status that is described already. */
export function ApiProblems(problems: Readonly<Record<number, string>>): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ...Object.entries(problems).map(([status, description]) =>
      ApiResponse({ status: Number(status), description, standardSchema: problemSchema }),
    ),
  );
}
