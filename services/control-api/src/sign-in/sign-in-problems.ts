import { Problem } from '@tandem/platform';

const NOT_SIGNED_IN = 'You are not signed in';

/** Returns the one refusal of a wrong password, an unknown address and a disabled user. */
export const credentialsRefused = () =>
  new Problem(
    401,
    'credentials-refused',
    NOT_SIGNED_IN,
    'E-mail address and password do not go together. Check both, or ask an admin for a sign-in link.',
  );

export const totpRequired = () =>
  new Problem(
    401,
    'totp-required',
    NOT_SIGNED_IN,
    'The password is right. Send it again with `code`: the six digits that your authenticator app shows.',
  );

export const totpWrong = () =>
  new Problem(
    401,
    'totp-wrong',
    NOT_SIGNED_IN,
    'The code is wrong, or was used already. Take the one that your app shows now, and check that the ' +
      'clock of your phone is right.',
  );

export const linkRefused = () =>
  new Problem(
    401,
    'link-refused',
    NOT_SIGNED_IN,
    'A link signs in once, within 15 minutes, and a newer one replaces it. Ask an admin for another, or ' +
      'run "npm run sign-in" where Tandem runs.',
  );

export const passwordsOff = () =>
  new Problem(
    403,
    'password-sign-in-off',
    'Not allowed',
    'Nobody signs in with a password here (PASSWORD_SIGN_IN). GET /v1/session/providers has other ways.',
  );

export const noPassword = () =>
  new Problem(
    409,
    'no-password',
    'You have no password',
    'There is nothing to check. Sign in again, by your provider or by a link: that counts as well.',
  );

/** Returns the refusal of an attempt that comes too early. */
export function signInDelayed(waitMs: number): Problem {
  const waitS = Math.max(1, Math.ceil(waitMs / 1_000));
  return new Problem(
    429,
    'sign-in-delayed',
    'Too many failed attempts',
    `Too many attempts from this address, or at this account, have failed. Nothing was checked; try again ` +
      `after ${waitS} s.`,
    {},
    { 'Retry-After': String(waitS) },
  );
}
