import { callStatusSchema, cleanedText, partySchema } from '@tandem/contracts';
import { z } from 'zod';

/*
 * Twilio's forms, read down to the fields we use. Every value is a string; fields are added without notice,
 * so unknown ones pass (twilio.com/docs/voice/twiml#request-parameters). Text is cleaned rather than refused:
 * an error would be read to the caller.
 */

const callSid = z.string().regex(/^CA[0-9a-zA-Z]{1,64}$/, 'must be a call SID');

export const voiceForm = z.object({
  CallSid: callSid,
  AccountSid: cleanedText().max(64).optional(),
  /** Empty when the caller shows no number. */
  From: partySchema.default(''),
  To: partySchema,
  /** Only of calls somebody could have signed for. */
  StirVerstat: cleanedText()
    .overwrite((text) => text.slice(0, 64))
    .optional(),
  CallStatus: callStatusSchema,
  Direction: cleanedText().max(40),
});
export type VoiceForm = z.infer<typeof voiceForm>;

export const statusForm = z.object({
  CallSid: callSid,
  CallStatus: callStatusSchema,
  /** From 0; callbacks may arrive in any order. */
  SequenceNumber: z.coerce.number().int().min(0).max(1000).default(0),
  CallDuration: z.coerce.number().int().min(0).max(1_000_000).optional(),
});
export type StatusForm = z.infer<typeof statusForm>;

export const streamEndedForm = z.object({ CallSid: callSid });

/** About the leg of a person who is asked to take a call. */
export const operatorForm = z.object({
  CallSid: callSid,
  ParentCallSid: callSid,
  Digits: cleanedText().max(32).optional(),
  SpeechResult: cleanedText().max(2000).optional(),
});
export type OperatorForm = z.infer<typeof operatorForm>;

/** A caller who waits has pressed a key. */
export const waitingKeyForm = z.object({ CallSid: callSid, Digits: cleanedText().max(32).optional() });

export const transferEndedForm = z.object({
  CallSid: callSid,
  CallStatus: callStatusSchema,
  DialCallStatus: cleanedText().max(40),
  DialBridged: cleanedText().max(10).optional(),
});

export const streamStatusForm = z.object({
  CallSid: callSid,
  StreamEvent: cleanedText().max(40),
  /** Digits of a Twilio error, sometimes with words behind it. */
  StreamError: cleanedText().max(500).optional(),
});
