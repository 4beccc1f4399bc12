import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { TwilioCalls } from '@tandem/telephony';

type AccountSettings = Partial<
  Pick<
    ServiceConfig<'call-ingress'>,
    'twilioAccountSid' | 'twilioAuthTokens' | 'twilioAccounts' | 'twilioWebhookKeys' | 'twilioApiUrl'
  >
>;

/**
 * The carrier's accounts whose numbers ring here, and what signs for each. What signs for one never signs for
 * another.
 */
@Injectable()
export class TwilioAccounts {
  /** Tokens by account, the one for REST calls first. */
  private readonly tokens = new Map<string, readonly string[]>();
  /** Of a deployment that names no account: they sign for any that is not named. */
  private readonly anyonesTokens: readonly string[];
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
    this.anyonesTokens = twilioAccountSid ? [] : twilioAuthTokens;
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
   * The account a request belongs to: the one it names, else the only one there is. Null when it is none of
   * ours.
   */
  accountOf(named: string | undefined): string | null {
    if (named === undefined)
      return this.anyonesTokens.length === 0 && this.tokens.size === 1
        ? ([...this.tokens.keys()][0] ?? null)
        : '';
    return this.tokens.has(named) || this.anyonesTokens.length > 0 ? named : null;
  }

  /** Auth tokens that may have signed for an account; two while one is rotated. */
  tokensOf(accountSid: string): readonly string[] {
    return this.tokens.get(accountSid) ?? this.anyonesTokens;
  }

  /** The secret of a shared key of an account; null when it has no such key. */
  sharedSecretOf(accountSid: string, keyId: string): string | null {
    return this.keys?.find((key) => key.accountSid === accountSid && key.keyId === keyId)?.secret ?? null;
  }

  get canChangeCalls(): boolean {
    return this.rest.size > 0;
  }

  /**
   * Changes calls of an account, in its name; null for an account without an SID and token of its own. A call
   * from before accounts were told apart is the first one's.
   */
  callsOf(accountSid: string | undefined): TwilioCalls | null {
    return (accountSid === undefined ? [...this.rest.values()][0] : this.rest.get(accountSid)) ?? null;
  }
}
