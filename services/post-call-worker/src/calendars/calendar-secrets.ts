import { Sealer } from '@tandem/call-state';
import { CALENDAR_SECRETS_PURPOSE, calendarCredentialsPlace } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import type { CredentialSeal } from '../connections/credential-renewal.ts';

/** Credentials of connected calendars, opened and sealed. */
export class CalendarSecrets implements CredentialSeal {
  private readonly sealer: Sealer;

  /** @param secrets TANDEM_SECRET, the newest first */
  constructor(secrets: readonly string[]) {
    this.sealer = new Sealer(deriveKeys(secrets, CALENDAR_SECRETS_PURPOSE));
  }

  sealCredentials(connectionId: string, credentials: unknown): string {
    return this.sealer.seal(credentials, calendarCredentialsPlace(connectionId));
  }

  openCredentials(connectionId: string, sealed: string): unknown {
    return this.sealer.open(sealed, calendarCredentialsPlace(connectionId));
  }
}
