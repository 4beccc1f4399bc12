import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Logger, Param, Post, Req } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Problem } from '../http/problem.ts';
import { ProblemFilter } from '../http/problem.filter.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { loggingModule } from './logging.module.ts';
import { ServiceLogger } from './service-logger.ts';

@Controller()
class Things {
  @Get('things/:thing')
  thing(@Param('thing') thing: string) {
    if (thing === 'secret') throw new Problem(403, 'not-yours', 'Not allowed', 'No.', {}, {}, 'wrong-token');
    if (thing === 'gone') throw new Problem(404, 'thing-unknown', 'Not found', 'There is none.');
    return {};
  }

  @Get('calls/:callId')
  call() {
    return {};
  }

  @Post('things')
  make(@Req() request: { principal?: object }, @Body() body: { callId: string | null }) {
    request.principal = { callId: body.callId };
    return {};
  }
}

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

let app: NestExpressApplication;
let url: string;
let lines: Line[] = [];
let bootLines: Line[] = [];
const metrics = new Metrics('spec');

beforeAll(async () => {
  const logging = loggingModule('spec', 'debug', metrics, {
    write: (line) => void lines.push(JSON.parse(line) as Line),
  });
  const root = {
    module: class Root {},
    imports: [logging],
    controllers: [Things],
    providers: [
      ServiceLogger,
      { provide: Metrics, useValue: metrics },
      { provide: APP_FILTER, useClass: ProblemFilter },
    ],
  };
  app = await NestFactory.create<NestExpressApplication>(root, { bufferLogs: true, bodyParser: false });
  app.useLogger(app.get(ServiceLogger));
  app.useBodyParser('json');
  await app.listen(0, '127.0.0.1');
  new Logger('Service').log({ port: 1 }, 'listening');
  bootLines = lines;
  url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
});
afterAll(() => app.close());

beforeEach(() => {
  lines = [];
});

const requests = () => lines.filter(({ msg }) => msg.startsWith('request '));

/** The only line of one request. */
async function lineOf(path: string, init: RequestInit = {}): Promise<Line | undefined> {
  await (await fetch(url + path, init)).arrayBuffer();
  for (let tries = 0; requests().length === 0 && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(requests()).toHaveLength(1);
  return requests()[0];
}

describe('the log of a start', () => {
  it('has modules and routes at debug', () => {
    expect(bootLines.filter(({ level }) => level !== 'debug').map(({ msg }) => msg)).toEqual(['listening']);
    expect(bootLines.map((line) => line['context'])).toEqual(
      expect.arrayContaining(['InstanceLoader', 'RouterExplorer', 'NestApplication']),
    );
  });
});

describe('the log of a request', () => {
  it('has the route, not the path or query', async () => {
    const line = await lineOf('/things/alex?x=1');
    expect(line).toMatchObject({
      level: 'debug',
      req: { method: 'GET' },
      res: { status: 200 },
      route: '/things/:thing',
    });
    expect(JSON.stringify(line)).not.toMatch(/alex|x=1/);
  });

  it('names its call, from the path or from the service token', async () => {
    expect(await lineOf('/calls/c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01')).toMatchObject({
      level: 'info',
      callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01',
      route: '/calls/:callId',
    });
    lines = [];
    const body = (callId: string | null) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ callId }),
    });
    expect(await lineOf('/things', body('c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b02'))).toMatchObject({
      level: 'info',
      callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b02',
      route: '/things',
    });
    lines = [];
    const line = await lineOf('/things', body(null));
    expect([line?.level, 'callId' in (line ?? {})]).toEqual(['debug', false]);
  });

  it('gives the reason of a refusal, also where the response does not', async () => {
    expect(await lineOf('/things/secret')).toMatchObject({
      level: 'warn',
      res: { status: 403 },
      code: 'not-yours',
      reason: 'wrong-token',
      route: '/things/:thing',
    });
    lines = [];
    const line = await lineOf('/things/gone');
    expect([line?.level, line?.['code'], 'reason' in (line ?? {})]).toEqual(['warn', 'thing-unknown', false]);
  });

  it('is not written for unknown addresses, which are counted and not repeated', async () => {
    for (const path of [`/${'a'.repeat(15_000)}`, `/${'a/'.repeat(7_500)}`, '/%zz', '/things/a/b']) {
      const response = await fetch(url + path);
      expect([
        response.status === 404 || response.status === 400,
        (await response.text()).length < 500,
      ]).toEqual([true, true]);
    }
    await lineOf('/calls/1');
    expect(await metrics.registry.getSingleMetricAsString('tandem_unrouted_requests_total')).toMatch(/ 3$/m);
  });
});
