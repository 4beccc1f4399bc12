import { createHash } from 'node:crypto';
import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { canonical } from '@tandem/contracts';
import type { Request, Response } from 'express';
import { tap, type Observable } from 'rxjs';
import { described } from './api-description.ts';
import type { AuditedRequest } from '../audit/request-act.ts';
import { ApiProblems } from './endpoint.ts';
import { Problem } from './problem.ts';

/*
 * Two people who edit one thing: the answer of a read carries a tag of what it shows, and a change that sends
 * the tag back is refused when the thing shows something else by now.
 */

const TAG = /(?:W\/)?("[\x21\x23-\x7e]*")/g;

/** Returns the ETag of a body: a hash of its JSON, whatever the order of its fields. */
export function entityTag(body: unknown): string {
  return `"${createHash('sha256').update(canonical(body)).digest('base64url').slice(0, 22)}"`;
}

/** The condition of a change: what its sender has read is still what is there. */
export class Precondition {
  private constructor(
    private readonly tags: readonly string[] | null,
    private readonly onCheck: (body: unknown) => void,
  ) {}

  /**
   * A proxy that compresses marks tags as weak: they still name the same JSON.
   * @param onCheck called with what is there before the change
   */
  static of(header: string | undefined, onCheck: (body: unknown) => void = () => undefined): Precondition {
    if (header === undefined || header.trim() === '*') return new Precondition(null, onCheck);
    const tags = [...header.matchAll(TAG)].map(([, tag]) => tag ?? '');
    return new Precondition(tags, onCheck);
  }

  /** @param body what a read would answer now; always met for a sender that named no tag */
  isMet(body: unknown): boolean {
    this.onCheck(body);
    return this.tags === null || this.tags.includes(entityTag(body));
  }

  /** Returns the refusal of a change whose condition is not met. */
  static failed(): Problem {
    return new Problem(
      412,
      'changed-meanwhile',
      'Somebody changed it meanwhile',
      'It is not what your If-Match names any more, and nothing was changed. Read it again, apply your ' +
        'change to what you get, and send the new ETag.',
    );
  }
}

/** Injects the {@link Precondition} of the request: its If-Match. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): Precondition => {
  const request = context.switchToHttp().getRequest<Request & AuditedRequest>();
  return Precondition.of(request.headers['if-match'], (body) => request.act?.noteBefore(body));
});

/** Sends each body with its ETag. */
@Injectable()
class EntityTagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(tap((body) => response.setHeader('ETag', entityTag(body))));
  }
}

/**
 * Sends the ETag of what a route answers.
 * @param change whether the route changes it: the handler then checks its {@link IfMatch}
 */
export function Tagged({ change = false } = {}): MethodDecorator {
  return applyDecorators(
    UseInterceptors(EntityTagInterceptor),
    ...(change
      ? [
          described(({ ApiHeader }) => [
            ApiHeader({
              name: 'If-Match',
              required: false,
              schema: { type: 'string', example: '"p4yC0nP8mC0o2V0oS3Qk9A"' },
              description: 'The ETag of what you have read. Refused with 412 when it has changed since.',
            }),
          ]),
          ApiProblems({ 412: '`changed-meanwhile`: it is not what If-Match names any more.' }),
        ]
      : []),
  );
}
