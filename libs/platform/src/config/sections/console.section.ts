import { z } from 'zod';
import { isLoopbackHost } from '../../http/loopback.ts';
import { section } from '../setting.ts';
import { url, wholeNumber } from './forms.ts';

/** An address that nobody on the way can read or change. */
const safeUrl = url('http', 'https').refine(
  (value) => new URL(value).protocol === 'https:' || isLoopbackHost(new URL(value).hostname),
  'must begin with https://, or name localhost',
);

export const consoleSection = section('Console', 'How people sign in to control-api; see docs/access.md.', {
  consoleUrl: {
    env: 'CONSOLE_URL',
    schema: safeUrl
      .refine((value) => new URL(value).pathname === '/', 'must have no path: /console/ is added')
      .optional(),
    description: 'Public address of control-api, under which browsers reach the console.',
    whenUnset: 'people sign in on this machine only, at http://localhost',
    example: 'https://console.example.com',
  },
  sessionIdleS: {
    env: 'SESSION_IDLE_S',
    schema: wholeNumber(60, 604_800).default(28_800),
    unit: 's',
    description: 'A user is signed out after this long without a request.',
  },
  sessionLongestS: {
    env: 'SESSION_LONGEST_S',
    schema: wholeNumber(300, 2_592_000).default(86_400),
    unit: 's',
    description: 'A user is signed out this long after the sign-in.',
  },
  passwordSignIn: {
    env: 'PASSWORD_SIGN_IN',
    schema: z.enum(['on', 'off']).default('on'),
    description: 'Whether users may sign in with a password. Links work in any case.',
  },
});

export const oidcSection = section(
  'Single sign-on',
  'An OpenID Connect provider that knows the users; see docs/access.md. Its redirect address is ' +
    'CONSOLE_URL with `/v1/session/oidc/callback`.',
  {
    oidcIssuer: {
      env: 'OIDC_ISSUER',
      needs: ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'CONSOLE_URL'],
      schema: safeUrl.optional(),
      description: 'Address of the provider, as its discovery document names it.',
      whenUnset: 'nobody signs in by a provider',
      example: 'https://login.example.com/realms/staff',
    },
    oidcClientId: {
      env: 'OIDC_CLIENT_ID',
      needs: ['OIDC_ISSUER'],
      schema: z.string().min(1).max(512).optional(),
      description: 'Client id of Tandem with the provider.',
      example: 'tandem',
    },
    oidcClientSecret: {
      env: 'OIDC_CLIENT_SECRET',
      needs: ['OIDC_ISSUER'],
      schema: z.string().min(1).max(512).optional(),
      isSecret: true,
      description: 'Its client secret.',
      example: 'a secret of the provider',
    },
    oidcName: {
      env: 'OIDC_NAME',
      schema: z.string().min(1).max(60).default('Single sign-on'),
      description: 'Name of the provider on the button.',
    },
  },
);
