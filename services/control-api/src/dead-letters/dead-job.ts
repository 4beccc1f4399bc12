import { toolCallJobSchema, type CallId, type QueueName } from '@tandem/contracts';
import type { Job } from 'bullmq';

/* What a failed job of a queue tells an operator. Its data is ids, and sealed where it is more. */

export const DEAD_QUEUES = ['tool-calls', 'post-call', 'messages'] as const satisfies readonly QueueName[];
export type DeadQueue = (typeof DEAD_QUEUES)[number];

interface Words {
  readonly code: string;
  readonly detail: string;
}

/** Errors by the beginning of their message or by their name, in words: a message may quote personal data. */
const REASONS: readonly (readonly [pattern: RegExp, Words])[] = [
  [
    /stalled more than/,
    { code: 'worker-lost', detail: 'Its worker was lost, or did not answer, more often than is allowed.' },
  ],
  [
    /^(?:UnrecoverableError: )?The job is (?:not|none)/,
    { code: 'unreadable-job', detail: 'Its worker cannot read it: it is of a version that does not fit.' },
  ],
  [
    /^ProviderError\b/,
    { code: 'provider-error', detail: 'A model, carrier or mail server refused, or did not answer.' },
  ],
  [
    /^(?:DependencyUnavailable|MaxRetriesPerRequestError|DeadlineExceeded)\b|ECONNREFUSED|is closed/,
    { code: 'dependency-unavailable', detail: 'Postgres or Redis did not answer.' },
  ],
  [/^(?:DatabaseRefusal|QueryFailedError)\b/, { code: 'database-refused', detail: 'Postgres refused it.' }],
];
const UNEXPECTED: Words = {
  code: 'unexpected',
  detail: 'Its worker failed in an unexpected way; see its log at that time.',
};

/** Returns why a job has failed, in words of ours. */
export function reasonOf({ failedReason = '', stacktrace }: Pick<Job, 'failedReason' | 'stacktrace'>): Words {
  // The first line of a stack begins with the name of the error; the message alone does not have it.
  const texts = [stacktrace?.at(-1)?.split('\n', 1)[0] ?? '', failedReason];
  return REASONS.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1] ?? UNEXPECTED;
}

/** Returns the call or message a job is about, and the tool of a tool call. */
export function subjectOf({ data }: Pick<Job<unknown>, 'data'>) {
  const { callId, messageId, name } = (data ?? {}) as Record<string, unknown>;
  const subject =
    typeof callId === 'string'
      ? ({ kind: 'call', id: callId } as const)
      : typeof messageId === 'string'
        ? ({ kind: 'message', id: messageId } as const)
        : null;
  return { subject, tool: typeof name === 'string' ? name : null };
}

const TOO_LATE: Words = {
  code: 'too-late',
  detail:
    'The caller has been told that the outcome is not certain. Run again now, it would do what nobody ' +
    'expects any more; do by hand what is missing.',
};
const CALL_OVER: Words = {
  code: 'call-over',
  detail: 'The call this tool was used in is over. Do by hand what is missing.',
};

/**
 * Returns why a job must not run again, else null. Records and messages may: a repetition changes nothing,
 * and sends nothing twice. A tool call may while its call waits for it; its id makes the effect happen once.
 */
export async function refusalOf(
  queue: DeadQueue,
  { data }: Pick<Job<unknown>, 'data'>,
  isCallOver: (callId: CallId) => Promise<boolean>,
  now: number,
): Promise<Words | null> {
  if (queue !== 'tool-calls') return null;
  const call = toolCallJobSchema.safeParse(data).data;
  if (!call) return { code: 'unreadable-job', detail: 'No worker can read it.' };
  if (now > (call.workUntil ?? call.deadlineAt)) return TOO_LATE;
  return (await isCallOver(call.callId)) ? CALL_OVER : null;
}
