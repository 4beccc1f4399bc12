import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { UserRepository, type Account } from '@tandem/database';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';
import { base32, stepOfCode, totpUri } from './totp.ts';

const PURPOSE = 'second factors';
const SECRET_BYTES = 20;
const ISSUER = 'Tandem';

const placeOf = (userId: string): string => `totp:${userId}`;

/** The second factor of users: secrets for their authenticator app, sealed. */
@Injectable()
export class SecondFactor {
  private readonly sealer: Sealer;

  constructor(
    private readonly users: UserRepository,
    @Inject(CONFIG) { secrets }: Pick<ServiceConfig<'control-api'>, 'secrets'>,
  ) {
    this.sealer = new Sealer(deriveKeys(secrets, PURPOSE));
  }

  /** Returns a new secret, and the address of its QR code; it is asked for once it is confirmed. */
  async propose({ id, tenantId, email }: Account): Promise<{ secret: string; uri: string }> {
    const bytes = randomBytes(SECRET_BYTES);
    const sealed = this.sealer.seal(bytes.toString('base64'), placeOf(id));
    await this.users.proposeTotp(tenantId, id, sealed);
    const secret = base32(bytes);
    return { secret, uri: totpUri(secret, ISSUER, email) };
  }

  /** Turns the factor on by a code of the secret that was shown. Returns whether the code is right. */
  async confirm({ id, tenantId, totpPending }: Account, code: string): Promise<boolean> {
    if (totpPending === null) return false;
    const step = this.stepOf(id, totpPending, code);
    return step !== null && (await this.users.confirmTotp(tenantId, id, totpPending, step));
  }

  /** Returns whether the code is right and was not shown before. */
  async isRight({ id, tenantId, totpSealed }: Account, code: string): Promise<boolean> {
    const step = totpSealed === null ? null : this.stepOf(id, totpSealed, code);
    return step !== null && (await this.users.takeTotpStep(tenantId, id, step));
  }

  private stepOf(userId: string, sealed: string, code: string): number | null {
    const secret = Buffer.from(String(this.sealer.open(sealed, placeOf(userId))), 'base64');
    return stepOfCode(secret, code, Date.now());
  }
}
