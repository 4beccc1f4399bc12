import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiProblems } from '../http/endpoint.ts';
import { Problem } from '../http/problem.ts';
import type { Principal } from './principal.ts';

/** How long a user may do what needs it after they proved themselves. */
export const REAUTHENTICATION_MS = 10 * 60_000;

export const IsReauthenticated = Reflector.createDecorator<boolean>();

/** Opens a route to users only who signed in, or proved themselves again, less than ten minutes ago. */
export function NeedsReauthentication(): MethodDecorator {
  return applyDecorators(
    IsReauthenticated(true),
    ApiProblems({
      403: '`reauthentication-required`: send the password to POST /v1/session/reauthentication first.',
    }),
  );
}

/** @throws Problem 403 `reauthentication-required` */
export function checkReauthentication({ session }: Principal): void {
  if (!session || Date.now() - session.reauthenticatedAt.getTime() < REAUTHENTICATION_MS) return;
  throw new Problem(
    403,
    'reauthentication-required',
    'Prove that it is you',
    'You signed in more than ten minutes ago. Send your password to POST /v1/session/reauthentication, or ' +
      'sign in again, then repeat this request.',
  );
}
