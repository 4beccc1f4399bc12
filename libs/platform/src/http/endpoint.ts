import { applyDecorators, HttpCode } from '@nestjs/common';
import type { z } from 'zod';
import { described } from './api-description.ts';
import { problemSchema } from './problem-schema.ts';

/** A successful response of a route. */
export interface Success {
  /** 200 unless given. */
  readonly status?: number;
  /** The body; without a schema there is none, or none that a schema can describe. */
  readonly schema?: z.ZodType;
  readonly description?: string;
  /** The type of a body that is no JSON, and has no schema. */
  readonly contentType?: string;
  /** A body as it is sent, for the document. */
  readonly example?: unknown;
}

export interface EndpointOptions {
  readonly summary: string;
  readonly description?: string;
  /** A body of a request, for the document; its schema is that of the argument. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** The usual response, whose status is sent unless the route sets another; then the others. */
  readonly success: Success | readonly [Success, ...Success[]];
  /** The refusals by status: their codes and meaning. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** Sets the status of a route, and describes its responses and refusals in the OpenAPI document. */
export function Endpoint({
  summary,
  description,
  example,
  success,
  problems = {},
}: EndpointOptions): MethodDecorator {
  const successes: readonly Success[] = [success].flat();
  return applyDecorators(
    HttpCode(successes[0]?.status ?? 200),
    described(({ ApiBody, ApiOperation, ApiResponse }) => [
      ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
      ...(example === undefined ? [] : [ApiBody(bodyLike(example))]),
      ...successes.map((success) => ApiResponse(responseOf(success))),
    ]),
    ApiProblems(problems),
  );
}

function responseOf({ status = 200, schema, description, contentType, example }: Success) {
  const sent = example === undefined ? {} : { example };
  return {
    status,
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { standardSchema: schema }),
    ...(contentType === undefined
      ? sent
      : { content: { [contentType]: { schema: { type: 'string' as const }, ...sent } } }),
  };
}

/** Returns a description that adds an example to that of the argument's schema. */
function bodyLike(value: unknown) {
  return { required: true, examples: { request: { value } } };
}

/** Describes refusals in the OpenAPI document; the text is added to a status that is described already. */
export function ApiProblems(problems: Readonly<Record<number, string>>): ClassDecorator & MethodDecorator {
  return described(({ ApiResponse }) =>
    Object.entries(problems).map(([status, description]) =>
      ApiResponse({ status: Number(status), description, standardSchema: problemSchema }),
    ),
  );
}
