// A voice webhook as Twilio signs it: with the right signature it gets TwiML, with a wrong one 403.
import { createHmac } from 'node:crypto';

const { INGRESS_URL, PUBLIC_BASE_URL, TWILIO_AUTH_TOKEN, TWILIO_ACCOUNT_SID } = process.env;
const path = '/twilio/voice';
const form = {
  AccountSid: TWILIO_ACCOUNT_SID || `AC${'0'.repeat(32)}`,
  CallSid: `CA${'0'.repeat(32)}`,
  From: '+15005550006',
  // A number nobody has: the caller would be told so, and nothing is kept.
  To: '+15005550001',
  CallStatus: 'ringing',
  Direction: 'inbound',
};
const token = TWILIO_AUTH_TOKEN.split(',')[0].trim();
const signed =
  PUBLIC_BASE_URL +
  path +
  Object.keys(form)
    .sort()
    .map((key) => key + form[key])
    .join('');
const signature = createHmac('sha1', token).update(signed).digest('base64');

const ask = (header) =>
  fetch(INGRESS_URL + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': header },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(10_000),
  });
const good = await ask(signature);
const text = await good.text();
const bad = await ask(createHmac('sha1', 'wrong').update(signed).digest('base64'));
console.log(`signed: ${good.status} ${text.slice(0, 200)}`);
console.log(`wrongly signed: ${bad.status}`);
process.exit(good.status === 200 && text.includes('<Response>') && bad.status === 403 ? 0 : 1);
