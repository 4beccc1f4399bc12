import type { Generator } from './generator.ts';
import type { Names } from './names.ts';

const job = ({ camel, pascal, kebab }: Names) => `import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from '../words/ids.ts';

/** The body of a \`${kebab}\` job: ids only, so that nothing personal lies in Redis. */
export const ${camel}JobSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
});
export type ${pascal}Job = z.infer<typeof ${camel}JobSchema>;
`;

const spec = ({ camel, kebab }: Names) => `import { describe, expect, it } from '@jest/globals';
import { ${camel}JobSchema } from './${kebab}-job.ts';

describe('a ${kebab} job', () => {
  const job = {
    callId: '5b0d3a52-6a54-4a36-9d0e-2f8f8ad0f5c1',
    tenantId: '7a0c1f6e-0e52-4a53-8a33-1d2f0f4f6b7a',
  };

  it('holds the ids of its call and tenant', () => {
    expect(${camel}JobSchema.parse(job)).toEqual(job);
  });

  it('is refused without a call', () => {
    expect(${camel}JobSchema.safeParse({ ...job, callId: 'nonsense' })).toMatchObject({ success: false });
  });
});
`;

const settings = ({ kebab }: Names) => `
  '${kebab}': {
    keepCompletedS: 3600,
    keepFailedS: 24 * 3600,
    attempts: 5,
    backoffMs: 500,
    lockMs: 30_000,
    stalledCheckMs: 15_000,
    maxStalled: 5,
  },`;

export const queue: Generator = {
  name: 'queue',
  about: 'a BullMQ queue: its job, its name and its settings',
  changes: (names) => {
    const { kebab, camel, pascal } = names;
    const folder = 'libs/contracts/src/services';
    return [
      { path: `${folder}/${kebab}-job.ts`, create: job(names) },
      { path: `${folder}/${kebab}-job.spec.ts`, create: spec(names) },
      {
        path: `${folder}/queues.ts`,
        insert: [{ anchor: 'export type QueueName =', text: ` '${kebab}' |`, where: 'after' }],
      },
      {
        path: 'libs/contracts/src/index.ts',
        insert: [
          {
            anchor: /export \{[^}]*\} from '.\/services\/queues.ts';\n/,
            text: `export { ${camel}JobSchema, type ${pascal}Job } from './services/${kebab}-job.ts';\n`,
            where: 'before',
          },
        ],
      },
      {
        path: 'libs/platform/src/queues/queue-options.ts',
        insert: [
          {
            anchor: 'QUEUE_SETTINGS: Record<QueueName, QueueSettings> = {',
            text: settings(names),
            where: 'after',
          },
        ],
      },
    ];
  },
  next: ({ kebab }) => [
    `give each figure of '${kebab}' in libs/platform/src/queues/queue-options.ts its reason`,
    `add '${kebab}' to the queueModule(…) of the service that adds jobs, and a @Processor where they run`,
  ],
};
