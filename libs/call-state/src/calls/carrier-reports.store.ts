import { callIdSchema, callStatusSchema, isFinalStatus, type CallId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CALL_KEYS_TTL_S, keys } from '../redis/keys.ts';
import { callOrKeepReport } from '../scripts/early-report.ts';
import { run } from '../scripts/script.ts';

/** A carrier's report on a call, with the carrier's own sequence number. */
const carrierReportSchema = z.object({
  status: callStatusSchema,
  sequence: z.number().int(),
  durationS: z.number().int().optional(),
});
export type CarrierReport = z.infer<typeof carrierReportSchema>;

/** Reports kept per call. A carrier has a handful of statuses; more do not concern a real call. */
const MAX_EARLY = 16;

/**
 * Reports that arrive before their call is admitted: the carrier sends them on other connections, so a caller
 * who hangs up at once may be reported while admission is still choosing a relay.
 */
export class CarrierReportStore {
  constructor(private readonly redis: Redis) {}

  /**
   * Returns our id of the carrier's call; null when it is not admitted, and then the report is kept. Refused
   * calls keep none.
   */
  async callOrKeep(carrierCallId: string, report: CarrierReport): Promise<CallId | null> {
    const found = await run(
      this.redis,
      callOrKeepReport,
      [keys.carrier(carrierCallId)],
      [toText(report), CALL_KEYS_TTL_S, MAX_EARLY, isFinalStatus(report.status) ? 1 : 0],
    );
    return callIdSchema.safeParse(found).data ?? null;
  }

  /** Returns the reports that came before the call was admitted, and the call; null while it is not. */
  async early(
    carrierCallId: string,
  ): Promise<{ readonly callId: CallId | null; readonly reports: readonly CarrierReport[] }> {
    const [call, early] = await this.redis.hmget(keys.carrier(carrierCallId), 'call', 'early');
    return {
      callId: callIdSchema.safeParse(call).data ?? null,
      reports: early
        ? early
            .trim()
            .split(' ')
            .flatMap((text) => fromText(text) ?? [])
        : [],
    };
  }
}

const toText = ({ status, sequence, durationS }: CarrierReport): string =>
  [status, sequence, durationS ?? ''].join(',');

function fromText(text: string): CarrierReport | undefined {
  const [status, sequence, durationS] = text.split(',');
  return carrierReportSchema.safeParse({
    status,
    sequence: Number(sequence),
    ...(durationS ? { durationS: Number(durationS) } : {}),
  }).data;
}
