// The second door of this library: text messages alone, for services that carry no calls.
export {
  smsStatusUrl,
  TwilioSms,
  type OutgoingSms,
  type SmsOutcome,
  type TwilioSmsOptions,
} from './twilio/twilio-sms.ts';
