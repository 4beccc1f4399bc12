import { createHmac } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SignInAttempts, type AttemptCounted } from '@tandem/call-state';
import {
  SignInRepository,
  UserRepository,
  type Account,
  type Browser,
  type SignInFailure,
  type SignInMethod,
} from '@tandem/database';
import { CONFIG, deriveKeys, FaultLog, Metrics, type ServiceConfig } from '@tandem/platform';
import { fromRedis } from '../calls/from-redis.ts';
import { Passwords } from './passwords.service.ts';
import { SecondFactor } from './second-factor.service.ts';
import {
  credentialsRefused,
  linkRefused,
  passwordsOff,
  signInDelayed,
  totpRequired,
  totpWrong,
} from './sign-in-problems.ts';

/** Proof that a user gives to sign in. */
export interface Credentials {
  /** In lower case. */
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
}

/** The browser that signs in, and the token of the session it had before. */
export interface Visitor extends Browser {
  readonly token: string | null;
}

/** Signs people in: by password and code, by a link, or by what a provider said of them. */
@Injectable()
export class SignIn {
  private readonly faults = new FaultLog(new Logger(SignIn.name), 'note failed sign-ins');
  private readonly key: Uint8Array;
  private readonly hasPasswords: boolean;
  private readonly signIns;

  constructor(
    private readonly repository: SignInRepository,
    private readonly users: UserRepository,
    private readonly attempts: SignInAttempts,
    private readonly passwords: Passwords,
    private readonly secondFactor: SecondFactor,
    @Inject(CONFIG) { secrets, passwordSignIn }: ServiceConfig<'control-api'>,
    metrics: Metrics,
  ) {
    this.key = deriveKeys(secrets, 'sign-in attempts')[0].key;
    this.hasPasswords = passwordSignIn === 'on';
    this.signIns = metrics.counter({
      name: 'tandem_sign_ins_total',
      help: 'Attempts of people to sign in, by outcome',
      labelNames: ['outcome'],
    });
  }

  /**
   * Returns the token of a new session.
   * @throws Problem 401 `credentials-refused`, `totp-required`, `totp-wrong`; 403 `password-sign-in-off`; 429
   * `sign-in-delayed`; 503 when Redis, which counts attempts, is away
   */
  async byPassword(credentials: Credentials, visitor: Visitor): Promise<string> {
    if (!this.hasPasswords) throw passwordsOff();
    const user = await this.prove(credentials, visitor.address);
    return this.begin(user, 'password', visitor, credentialsRefused);
  }

  /** Returns the token of a new session. @throws Problem 401 `link-refused`; 429; 503 as above */
  async byLink(link: string, visitor: Visitor): Promise<string> {
    const counted = { account: null, address: this.keyed(visitor.address) };
    await this.count(counted);
    const user = await this.repository.takeLink(link);
    if (!user) throw this.failed('link', linkRefused());
    await fromRedis(this.attempts.takeBack(counted));
    return this.begin(user, 'link', visitor, linkRefused);
  }

  /** Returns the token of a new session; null for a user who was disabled. */
  async bySubject(user: Account, visitor: Visitor): Promise<string | null> {
    const token = await this.repository.begin(user, 'oidc', visitor, visitor.token);
    this.signIns.inc({ outcome: token === null ? 'refused' : 'oidc' });
    return token;
  }

  /** Returns the user of a password, and of a code where they have a second factor. @throws as above */
  async prove({ email, password, code }: Credentials, address: string): Promise<Account> {
    const counted = { account: this.keyed(email), address: this.keyed(address) };
    await this.count(counted);
    const user = await this.repository.byEmail(email);
    const isRight = await this.passwords.isRight(password, user?.passwordHash ?? null);
    if (!user || !isRight) throw this.refused(user, 'password', address);
    if (user.state === 'disabled') throw this.refused(user, 'disabled', address);
    if (user.hasTotp) await this.checkCode(user, code, counted, address);
    await fromRedis(this.attempts.takeBack(counted));
    await fromRedis(this.attempts.forget(counted.account));
    await this.rehash(user, password);
    return user;
  }

  private async checkCode(
    user: Account,
    code: string | undefined,
    counted: AttemptCounted,
    address: string,
  ): Promise<void> {
    if (code === undefined) {
      // A client asks for the code only now: this is no failure.
      await fromRedis(this.attempts.takeBack(counted));
      throw totpRequired();
    }
    if (await this.secondFactor.isRight(user, code)) return;
    this.note(user, 'code', address);
    throw this.failed('code', totpWrong());
  }

  private async begin(
    user: Account,
    method: SignInMethod,
    { token: replaced, ...browser }: Visitor,
    refusal: () => Error,
  ): Promise<string> {
    const token = await this.repository.begin(user, method, browser, replaced);
    if (token === null) throw refusal();
    this.signIns.inc({ outcome: method });
    return token;
  }

  private async count(counted: AttemptCounted): Promise<void> {
    const waitMs = await fromRedis(this.attempts.take(counted));
    if (waitMs > 0) throw this.failed('delayed', signInDelayed(waitMs));
  }

  private async rehash(user: Account, password: string): Promise<void> {
    const { tenantId, id, passwordHash } = user;
    if (passwordHash === null || !this.passwords.isOutdated(passwordHash)) return;
    await this.users.rehash(tenantId, id, passwordHash, await this.passwords.hash(password));
  }

  private refused(user: Account | null, reason: SignInFailure['reason'], address: string): Error {
    if (user) this.note(user, reason, address);
    return this.failed('refused', credentialsRefused());
  }

  /** Not awaited: the time of the answer would tell that there is such a user. */
  private note(user: Account, reason: SignInFailure['reason'], address: string): void {
    this.repository.noteFailure(user, reason, address).then(
      () => this.faults.succeeded(),
      (error: unknown) => this.faults.failed(error),
    );
  }

  private failed<Refusal extends Error>(outcome: string, refusal: Refusal): Refusal {
    this.signIns.inc({ outcome });
    return refusal;
  }

  private keyed(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }
}
