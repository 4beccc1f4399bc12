import {
  CALL_PARAMETER_LIMITS,
  callStatusSchema,
  cleanedText,
  partySchema,
  type CallParameters,
} from '@tandem/contracts';
import { z } from 'zod';
import type { DialReport } from '../../../transfer/transfer-outcome.ts';

/*
 * Twilio's forms, reduced to the fields we use. Every value is a string; fields are added without notice, so
 * unknown ones pass (twilio.com/docs/voice/twiml#request-parameters). Text is cleaned rather than refused: an
 * error would be read to the caller.
 */

const callSid = z.string().regex(/^CA[0-9a-zA-Z]{1,64}$/, 'must be a call SID');
const accountSid = cleanedText().max(64).optional();

export const voiceForm = z
  .object({
    CallSid: callSid,
    AccountSid: accountSid,
    /** Empty when the caller shows no number. */
    From: partySchema.default(''),
    To: partySchema,
    /** Only for calls that a carrier could have signed. */
    StirVerstat: cleanedText()
      .overwrite((text) => text.slice(0, 64))
      .optional(),
    CallStatus: callStatusSchema,
    Direction: cleanedText().max(40),
  })
  // An app's own fields are among the unknown ones.
  .catchall(cleanedText().catch(''));
export type VoiceForm = z.infer<typeof voiceForm>;

/** Twilio's own fields begin with a capital letter. */
const PARAMETER_NAME = /^[a-z]\w*$/;
const text = cleanedText();

/**
 * Returns what an app of the Voice SDK gave to `connect`, which Twilio adds to the form as fields
 * (twilio.com/docs/voice/sdks/javascript, "params"); undefined for nothing. What goes over the limits is cut
 * or left out: a refusal would be read to the caller.
 */
export function parametersOf(form: Readonly<Record<string, unknown>>): CallParameters | undefined {
  const { count, name: longest, value } = CALL_PARAMETER_LIMITS;
  const given = Object.entries(form).flatMap(([name, field]) => {
    if (name.length > longest || !PARAMETER_NAME.test(name)) return [];
    const { data } = text.safeParse(field);
    return data ? [[name, data.slice(0, value).toWellFormed()] as const] : [];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given.slice(0, count));
}

export const statusForm = z.object({
  CallSid: callSid,
  AccountSid: accountSid,
  CallStatus: callStatusSchema,
  /** Counts from 0; callbacks may arrive in any order. */
  SequenceNumber: z.coerce.number().int().min(0).max(1000).default(0),
  CallDuration: z.coerce.number().int().min(0).max(1_000_000).optional(),
});
export type StatusForm = z.infer<typeof statusForm>;

export const streamEndedForm = z.object({ CallSid: callSid });

/** Describes the leg of a person who is asked to take a call. */
export const operatorForm = z.object({
  CallSid: callSid,
  ParentCallSid: callSid,
  Digits: cleanedText().max(32).optional(),
  SpeechResult: cleanedText().max(2000).optional(),
});
export type OperatorForm = z.infer<typeof operatorForm>;

/** A waiting caller has pressed a key. */
export const waitingKeyForm = z.object({ CallSid: callSid, Digits: cleanedText().max(32).optional() });

export const transferEndedForm = z.object({
  CallSid: callSid,
  CallStatus: callStatusSchema,
  DialCallStatus: cleanedText().max(40),
  /** Missing in older reports. */
  DialBridged: cleanedText().max(10).optional(),
});
export type TransferEndedForm = z.infer<typeof transferEndedForm>;

const DIAL_RESULTS: Readonly<Record<string, DialReport['result']>> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  canceled: 'no-answer',
  completed: 'answered',
  answered: 'answered',
};

/** Returns what Twilio reports of a `<Dial>` that is over. */
export function dialReportOf({
  DialCallStatus,
  DialBridged,
}: Pick<TransferEndedForm, 'DialCallStatus' | 'DialBridged'>): DialReport {
  return { result: DIAL_RESULTS[DialCallStatus] ?? 'failed', wasBridged: DialBridged !== 'false' };
}

export const streamStatusForm = z.object({
  CallSid: callSid,
  StreamEvent: cleanedText().max(40),
  /** Digits of a Twilio error, sometimes with words behind it. */
  StreamError: cleanedText().max(500).optional(),
});

/** The token in a callback's address. */
export const tokenQuery = z.string().max(2048).optional();
