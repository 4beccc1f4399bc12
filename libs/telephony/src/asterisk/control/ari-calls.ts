import { ProviderError } from '@tandem/contracts';
import type { CallChange } from '../../twilio/twilio-calls.ts';
import {
  asteriskError,
  type CallControl,
  checkDigits,
  checkUniqueId,
  RELAY_CHANNEL,
} from './call-control.ts';

export interface AriCallsOptions {
  /** Such as `http://pbx:8088`, without `/ari`. */
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
  /** Default 3 s. */
  readonly timeoutMs?: number;
}

interface AriAnswer {
  readonly status: number;
  readonly text: string;
}

const TIMEOUT_MS = 3_000;
const LONGEST_ANSWER = 65_536;
/** Place of the dialplan that asks what is next; deploy/asterisk/extensions.conf. */
const NEXT = 'context=tandem-next&extension=s&priority=1';

/**
 * Changes running calls over Asterisk's REST interface. A call that runs in the dialplan cannot be continued
 * elsewhere by ARI (409): there its leg to the relay is hung up, and the dialplan, which dials with option
 * `g`, asks what is next by itself. Keys can be sent to calls in a Stasis application only.
 */
export class AriCalls implements CallControl {
  private readonly base: string;
  private readonly authorization: string;
  private readonly timeoutMs: number;

  constructor({ baseUrl, username, password, timeoutMs = TIMEOUT_MS }: AriCallsOptions) {
    this.base = `${baseUrl.replace(/\/+$/, '')}/ari/channels`;
    this.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    this.timeoutMs = timeoutMs;
  }

  async redirectToNext(carrierCallId: string): Promise<CallChange> {
    const channel = encodeURIComponent(checkUniqueId(carrierCallId));
    const { status } = await this.ask('POST', `/${channel}/continue?${NEXT}`);
    return status === 409 ? this.endRelayLeg(channel) : changeOf(status);
  }

  async hangUp(carrierCallId: string): Promise<CallChange> {
    const channel = encodeURIComponent(checkUniqueId(carrierCallId));
    return changeOf((await this.ask('DELETE', `/${channel}`)).status);
  }

  async sendDigits(carrierCallId: string, digits: string): Promise<CallChange> {
    const channel = encodeURIComponent(checkUniqueId(carrierCallId));
    const keys = encodeURIComponent(checkDigits(digits));
    const { status } = await this.ask('POST', `/${channel}/dtmf?dtmf=${keys}`);
    if (status !== 409) return changeOf(status);
    throw asteriskError(
      'invalid-request',
      'not-in-stasis',
      'ARI sends keys to calls in a Stasis application only. Use AMI for calls in the dialplan.',
    );
  }

  private async endRelayLeg(channel: string): Promise<CallChange> {
    const { status, text } = await this.ask('GET', `/${channel}/variable?variable=BRIDGEPEER`);
    if (status === 404 && !text.includes('variable was not found')) return 'gone';
    const peer = status === 200 ? valueOf(text) : '';
    if (status !== 200 && status !== 404) return changeOf(status);
    if (!RELAY_CHANNEL.test(peer))
      throw asteriskError('invalid-request', 'no-leg', 'The call is not connected to a relay.');
    // A leg that has gone meanwhile leaves the call where it should be.
    await this.ask('DELETE', `/${encodeURIComponent(peer)}`);
    return 'done';
  }

  private async ask(method: string, path: string): Promise<AriAnswer> {
    try {
      const response = await fetch(`${this.base}${path}`, {
        method,
        headers: { authorization: this.authorization },
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return { status: response.status, text: await shortText(response) };
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      throw asteriskError('connectivity', 'unreachable', 'ARI did not answer.', error);
    }
  }
}

function changeOf(status: number): CallChange {
  if (status >= 200 && status < 300) return 'done';
  if (status === 404) return 'gone';
  if (status === 401 || status === 403)
    throw asteriskError(
      'authentication',
      String(status),
      'ARI refused the name or the password, or lets this user read only: see ari.conf.',
    );
  throw asteriskError(
    status >= 500 ? 'server' : 'invalid-request',
    String(status),
    'ARI did not change a call.',
  );
}

async function shortText(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > LONGEST_ANSWER)
      throw asteriskError('server', 'too-long', 'ARI gave a longer answer than it ever does.');
  }
  return text;
}

function valueOf(text: string): string {
  try {
    const { value } = JSON.parse(text) as { value?: unknown };
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
