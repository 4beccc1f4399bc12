import type { OAuthCredentials, RenewCredentials } from '../oauth/oauth-client.ts';

/** Returns the renewal of credentials that nobody else uses. @param stored takes what each was renewed to */
export function renewalOf(
  given: OAuthCredentials,
  stored: Pick<OAuthCredentials, 'refreshToken'>[],
): RenewCredentials {
  let now: unknown = given;
  return async ({ request }) => {
    const renewed = await request(now);
    stored.push(renewed);
    now = renewed;
    return renewed;
  };
}
