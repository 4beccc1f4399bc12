import type { Generator } from './generator.ts';
import type { Names } from './names.ts';

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
      { path: `${folder}/${kebab}-job.ts`, template: 'queue/job' },
      { path: `${folder}/${kebab}-job.spec.ts`, template: 'queue/job.spec' },
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
