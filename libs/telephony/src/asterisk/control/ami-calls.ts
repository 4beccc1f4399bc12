import type { CallChange } from '../../twilio/twilio-calls.ts';
import { type AmiAddress, AmiConnection, type AmiState } from './ami-connection.ts';
import type { AmiPacket } from './ami-packets.ts';
import {
  asteriskError,
  type CallControl,
  checkDigits,
  checkUniqueId,
  RELAY_CHANNEL,
} from './call-control.ts';

export interface AmiCallsOptions extends AmiAddress {
  /** Longest wait for a connection, a login or an answer. Default 3 s. */
  readonly timeoutMs?: number;
  /** Pauses before a lost connection is opened again; default 250 ms, doubling up to 15 s. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** 0 to 1; for the jitter. */
  readonly random?: () => number;
  /** Told of every change of the connection, with a detail that holds no secret. */
  readonly onState?: (state: AmiState, detail: string) => void;
}

/** Place of the dialplan that asks what is next; deploy/asterisk/extensions.conf. */
const NEXT = { Context: 'tandem-next', Exten: 's', Priority: '1' } as const;
const KEY_MS = '120';
/** Messages of main/manager.c for a channel that is not there any more. */
const GONE = /^(?:No such channel|Channel not found|Channel does not exist|Redirect failed, channel not up)/;

/** Changes running calls over Asterisk's manager interface, which reaches every channel of the PBX. */
export class AmiCalls implements CallControl {
  private readonly connection: AmiConnection;

  constructor(options: AmiCallsOptions) {
    this.connection = new AmiConnection({
      timeoutMs: 3_000,
      firstPauseMs: 250,
      longestPauseMs: 15_000,
      random: Math.random,
      onState: () => undefined,
      ...options,
    });
  }

  /** Connects now; else the first change of a call does. */
  open(): void {
    this.connection.open();
  }

  close(): void {
    this.connection.close();
  }

  async redirectToNext(carrierCallId: string): Promise<CallChange> {
    const channel = checkUniqueId(carrierCallId);
    const peer = await this.connection.ask({ Action: 'Getvar', Channel: channel, Variable: 'BRIDGEPEER' });
    const value = peer.get('value') ?? '';
    // Somebody at the PBX has connected the caller to a person meanwhile.
    if (value !== '' && !RELAY_CHANNEL.test(value)) return 'gone';
    return changeOf(await this.connection.ask({ Action: 'Redirect', Channel: channel, ...NEXT }));
  }

  async hangUp(carrierCallId: string): Promise<CallChange> {
    const channel = checkUniqueId(carrierCallId);
    return changeOf(await this.connection.ask({ Action: 'Hangup', Channel: channel, Cause: '16' }));
  }

  async sendDigits(carrierCallId: string, digits: string): Promise<CallChange> {
    const channel = checkUniqueId(carrierCallId);
    for (const digit of checkDigits(digits)) {
      const action = { Action: 'PlayDTMF', Channel: channel, Digit: digit, Duration: KEY_MS };
      if (changeOf(await this.connection.ask(action)) === 'gone') return 'gone';
    }
    return 'done';
  }
}

function changeOf(answer: AmiPacket): CallChange {
  if (answer.get('response') === 'Success') return 'done';
  const message = answer.get('message') ?? '';
  if (GONE.test(message)) return 'gone';
  if (message === 'Permission denied')
    throw asteriskError(
      'authentication',
      'permission-denied',
      'AMI does not let this user change calls: it needs write=call in manager.conf.',
    );
  throw asteriskError('invalid-request', 'refused', 'AMI refused to change a call.', new Error(message));
}
