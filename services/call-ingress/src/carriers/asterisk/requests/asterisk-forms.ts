import { cleanedText, languageSchema, partySchema } from '@tandem/contracts';
import { z } from 'zod';
import { inboundCall, type InboundCall } from '../../../ports/inbound-call.ts';
import type { HoldProgress } from '../../../ports/carrier-instruction.ts';
import type { DialReport } from '../../../transfer/transfer-outcome.ts';

/**
 * A channel's unique id: `<system name>-<seconds>.<number>`, the name where it is set. A PBX without a name
 * puts a colon and a random number behind it.
 */
const uniqueid = z.string().regex(/^[\w.:-]{1,80}$/, 'must be the UNIQUEID of the channel');
const pbx = z
  .string()
  .regex(/^[\w-]{0,40}$/, 'must be up to 40 letters, digits, dashes or underscores')
  .default('');
/** `new` or the position announced last; then two counters. */
const progress = z
  .string()
  .regex(/^$|^(new|\d{1,7})\.\d{1,3}\.\d{1,3}$/, 'must be the progress of the last answer')
  .default('')
  .transform((text): HoldProgress => {
    const [told, silent, unverified] = (text || 'new.0.0').split('.');
    return {
      announcedPosition: told === 'new' ? undefined : Number(told),
      silentHolds: Number(silent),
      unverifiedHolds: Number(unverified),
    };
  });
/** Linear codecs of Asterisk and their rates in Hz (docs.asterisk.org, AudioSocket). */
const CODEC_RATES: Readonly<Record<string, number>> = {
  slin: 8_000,
  slin12: 12_000,
  slin16: 16_000,
  slin24: 24_000,
  slin32: 32_000,
  slin44: 44_100,
  slin48: 48_000,
  slin96: 96_000,
  slin192: 192_000,
};
const token = z.string().min(1).max(2_048);
const key = cleanedText().max(32).optional();

export const ringForm = z.object({
  to: partySchema,
  /** Empty when the caller shows no number. */
  from: partySchema.default(''),
  channel: cleanedText().max(128).optional(),
  uniqueid,
  pbx,
  /** The codec in the dialplan's `c(…)`. */
  codec: z.enum(['', ...Object.keys(CODEC_RATES)]).default(''),
  /** In place of the number's own agent. */
  agent: z.preprocess((text) => (text === '' ? undefined : text), z.uuid().optional()),
  language: z.preprocess((text) => (text === '' ? undefined : text), languageSchema.optional()),
  progress,
});
export type RingForm = z.infer<typeof ringForm>;

export const nextForm = z.object({
  token,
  uniqueid,
  pbx,
  after: z.enum(['stream', 'dial']).default('stream'),
  dialstatus: cleanedText().max(40).default(''),
  answered: z.enum(['0', '1', '']).default(''),
});
export type NextForm = z.infer<typeof nextForm>;

export const operatorForm = z.object({
  token,
  uniqueid,
  pbx,
  digit: key,
  attempt: z.coerce.number().int().min(1).max(10).default(1),
});
export type OperatorForm = z.infer<typeof operatorForm>;

export const keyForm = z.object({
  token,
  uniqueid,
  pbx,
  digit: key,
  /** 1: the caller has heard what the key is for. */
  offered: z.enum(['0', '1', '']).default(''),
});
export type KeyForm = z.infer<typeof keyForm>;

export const hangupForm = z.object({ uniqueid, pbx });
export type HangupForm = z.infer<typeof hangupForm>;

/** Returns the carrier's id of a call: the channel's unique id, after the name of its PBX if it has one. */
export function carrierCallIdOf({ uniqueid: id, pbx: name }: { uniqueid: string; pbx: string }): string {
  return name === '' ? id : `${name}/${id}`;
}

/** @param country ISO 3166; its dialling rules apply to numbers without country code */
export function ringingCall(form: RingForm, country?: string): InboundCall {
  const { from, to, agent, language, codec, pbx: name } = form;
  return inboundCall(
    {
      channel: 'asterisk',
      carrierCallId: carrierCallIdOf(form),
      carrierAccountId: name || null,
      attestation: null,
      from,
      to,
      agentId: agent,
      audioRateHz: CODEC_RATES[codec],
      language,
    },
    country,
  );
}

/** DIALSTATUS of `Dial()` (docs.asterisk.org, Dial). */
const DIAL_RESULTS: Readonly<Record<string, DialReport['result']>> = {
  ANSWER: 'answered',
  BUSY: 'busy',
  NOANSWER: 'no-answer',
  CANCEL: 'no-answer',
};

/** Returns what a dialplan reports of a `Dial()` that is over. */
export function dialReportOf({ dialstatus, answered }: NextForm): DialReport {
  return { result: DIAL_RESULTS[dialstatus.toUpperCase()] ?? 'failed', wasBridged: answered !== '0' };
}
