import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { TwilioCalls } from '@tandem/telephony';

type AccountSettings = Partial<
  Pick<
    ServiceConfig<'call-ingress'>,
    'twilioAccountSid' | 'twilioAuthTokens' | 'twilioAccounts' | 'twilioWebhookKeys' | 'twilioApiUrl'
  >
>;

/** The configured Twilio accounts with their secrets. A secret of one account never signs for another. */
@Injectable()
export class TwilioAccounts {
  /** Tokens by account, the one for REST calls first. */
  private readonly tokens = new Map<string, readonly string[]>();
  /** Tokens of a deployment without TWILIO_ACCOUNT_SID; they sign for any account not configured by name. */
  private readonly sharedTokens: readonly string[];
  private readonly keys: AccountSettings['twilioWebhookKeys'];
  private readonly rest = new Map<string, TwilioCalls>();

  constructor(
    @Inject(CONFIG)
    {
      twilioAccountSid,
      twilioAuthTokens = [],
      twilioAccounts = [],
      twilioWebhookKeys = [],
      twilioApiUrl,
    }: AccountSettings,
  ) {
    if (twilioAccountSid) this.tokens.set(twilioAccountSid, twilioAuthTokens);
    for (const { accountSid, secret } of twilioAccounts)
      this.tokens.set(accountSid, [...(this.tokens.get(accountSid) ?? []), secret]);
    this.sharedTokens = twilioAccountSid ? [] : twilioAuthTokens;
    this.keys = twilioWebhookKeys;
    for (const [accountSid, [authToken]] of this.tokens) {
      if (authToken)
        this.rest.set(
          accountSid,
          new TwilioCalls({ accountSid, authToken, ...(twilioApiUrl ? { baseUrl: twilioApiUrl } : {}) }),
        );
    }
  }

  /**
   * Returns the account a request belongs to: the one it names, else the only configured one, else ''. Null
   * when it names an account that is not ours.
   */
  accountOf(named: string | undefined): string | null {
    if (named === undefined)
      return this.sharedTokens.length === 0 && this.tokens.size === 1
        ? ([...this.tokens.keys()][0] ?? null)
        : '';
    return this.tokens.has(named) || this.sharedTokens.length > 0 ? named : null;
  }

  /** Auth tokens that may have signed for an account; two during a rotation. */
  tokensOf(accountSid: string): readonly string[] {
    return this.tokens.get(accountSid) ?? this.sharedTokens;
  }

  /** The secret of an account's shared key; null when it has no such key. */
  sharedSecretOf(accountSid: string, keyId: string): string | null {
    return this.keys?.find((key) => key.accountSid === accountSid && key.keyId === keyId)?.secret ?? null;
  }

  get canChangeCalls(): boolean {
    return this.rest.size > 0;
  }

  /**
   * Returns the REST client of an account; null for an account without its own SID and token. A call without
   * a recorded account belongs to the first one.
   */
  callsOf(accountSid: string | undefined): TwilioCalls | null {
    return (accountSid === undefined ? [...this.rest.values()][0] : this.rest.get(accountSid)) ?? null;
  }
}
