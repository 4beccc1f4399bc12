import { createHmac, randomBytes } from 'node:crypto';
import { CarrierStream, type CarrierTotals, type Habit } from './carrier-stream.ts';
import type { Distance } from './distance.ts';
import type { FrameClock } from './frame-clock.ts';

export interface CarrierAccount {
  readonly accountSid: string;
  readonly voiceUrl: string;
  readonly statusUrl: string;
  readonly authToken: string;
}

/** Places one call, from the webhook to the open stream. A refused call is an error. */
export async function placeCall(
  account: CarrierAccount,
  from: string,
  habit: Habit,
  clock: FrameClock,
  totals: CarrierTotals,
  distance: Distance,
): Promise<CarrierStream> {
  const { accountSid } = account;
  const callSid = sid('CA');
  const fields = {
    CallSid: callSid,
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    From: from,
    To: '+12025550100',
    CallStatus: 'ringing',
    Direction: 'inbound',
  };
  const twiml = await post(account, account.voiceUrl, fields);
  const url = /<Stream[^>]* url="([^"]+)"/.exec(twiml)?.[1];
  const parameters = Object.fromEntries(
    [...twiml.matchAll(/<Parameter name="([^"]+)" value="([^"]+)"/g)].map(
      ([, name, value]) => [name, value] as [string, string],
    ),
  );
  if (!url) throw new TypeError(`The call was not admitted. The answer was:\n${twiml}`);
  const stream = new CarrierStream(
    new URL(url),
    { callSid, accountSid, streamSid: sid('MZ'), parameters },
    habit,
    clock,
    totals,
    distance,
  );
  void stream.ended.then(() =>
    post(account, account.statusUrl, {
      CallSid: callSid,
      AccountSid: accountSid,
      CallStatus: 'completed',
      SequenceNumber: '3',
      CallDuration: '60',
    }).catch(() => undefined),
  );
  return stream;
}

/** Signed as Twilio signs: HMAC-SHA1 over the URL and the fields in order of their names. */
async function post(
  { authToken }: CarrierAccount,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + (fields[name] ?? ''), url);
  const signature = createHmac('sha1', authToken).update(signed).digest('base64');
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(fields).toString(),
  });
  const text = await response.text();
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return text;
}

function sid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}
