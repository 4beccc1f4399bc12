import { expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { Metrics } from '../telemetry/metrics.ts';
import { loggingModule } from './logging.module.ts';

it('an error reply of Redis is logged with the name of its command, without arguments', async () => {
  const lines: string[] = [];
  const logging = loggingModule('spec', 'info', new Metrics('spec'), {
    write: (line) => void lines.push(line),
  });
  const app = await NestFactory.createApplicationContext(
    { module: class Root {}, imports: [logging] },
    { logger: false },
  );
  const error = Object.assign(new Error('OOM command not allowed'), {
    name: 'ReplyError',
    command: { name: 'evalsha', args: ['<Stream>the ticket</Stream>'] },
  });
  app.get(Logger).warn({ err: error, callId: 'c1' });
  await app.close();
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    {
      callId: 'c1',
      err: { message: 'OOM command not allowed', command: 'evalsha', stack: expect.any(String) },
    },
  ]);
  expect(lines.join()).not.toContain('the ticket');
});
