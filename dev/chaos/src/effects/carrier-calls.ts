import { randomBytes } from 'node:crypto';
import { signForm } from '@tandem/simulators';

type Status =
  'initiated' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer' | 'canceled' | 'failed';

/** Courses of a call, as the carrier reports them. */
const COURSES: readonly (readonly Status[])[] = [
  ['initiated', 'ringing', 'in-progress', 'completed'],
  ['initiated', 'ringing', 'busy'],
  ['initiated', 'ringing', 'no-answer'],
  ['initiated', 'ringing', 'in-progress', 'canceled'],
  ['initiated', 'failed'],
];

/** One request of the carrier. */
export interface Webhook {
  readonly path: '/twilio/voice' | '/twilio/status';
  readonly fields: Readonly<Record<string, string>>;
}

/** Returns the webhooks of a call that exists at the carrier only, in the order of its course. */
export function carrierCall(
  course: number,
  to: string,
  accountSid: string,
): { readonly sid: string; readonly webhooks: readonly Webhook[] } {
  const sid = `CA${randomBytes(16).toString('hex')}`;
  const common = { CallSid: sid, AccountSid: accountSid, From: '+12025550123', To: to, Direction: 'inbound' };
  const statuses = COURSES[course % COURSES.length] ?? [];
  const reports = statuses.map((status, sequence): Webhook => ({
    path: '/twilio/status',
    fields: {
      ...common,
      CallStatus: status,
      SequenceNumber: String(sequence),
      ...(status === 'completed' ? { CallDuration: '7' } : {}),
    },
  }));
  return {
    sid,
    webhooks: [{ path: '/twilio/voice', fields: { ...common, CallStatus: 'ringing' } }, ...reports],
  };
}

/** Sends it to one ingress, signed for the address the carrier knows. Returns the HTTP status. */
export async function deliver(
  { path, fields }: Webhook,
  at: { readonly to: string; readonly signedFor: string },
  authToken: string,
): Promise<number> {
  const response = await fetch(at.to + path, {
    method: 'POST',
    headers: { 'x-twilio-signature': signForm(authToken, at.signedFor + path, fields) },
    body: new URLSearchParams(fields),
  });
  await response.text();
  return response.status;
}
