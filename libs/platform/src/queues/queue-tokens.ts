import { getQueueToken } from '@nestjs/bullmq';
import type { QueueName } from '@tandem/contracts';

/** Injection token of a queue. */
export const queueToken = (name: QueueName): string => getQueueToken(name);
