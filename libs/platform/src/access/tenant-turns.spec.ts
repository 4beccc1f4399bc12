import { describe, expect, it, jest } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { lastValueFrom, Subject } from 'rxjs';
import { Metrics } from '../telemetry/metrics.ts';
import { TenantTurns } from './tenant-turns.ts';

const CONNECTIONS = 4;

/** Requests of tenants, each at work until it is told to end. */
class Requests {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, Subject<string>>();
  private readonly turns = new TenantTurns({ databasePoolSize: CONNECTIONS }, new Metrics('spec'));

  send(tenant: string, name: string, kind = 'api-key'): Promise<unknown> {
    const request = { principal: { kind, tenantId: tenant as TenantId } };
    const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
    const handle = () => {
      this.begun.push(name);
      const end = new Subject<string>();
      this.ends.set(name, end);
      return end;
    };
    const answer = lastValueFrom(this.turns.intercept(context, { handle }));
    answer.catch(() => undefined);
    return answer;
  }

  async end(name: string): Promise<void> {
    const end = this.ends.get(name)!;
    end.next('done');
    end.complete();
    await settled();
  }

  async fail(name: string): Promise<void> {
    this.ends.get(name)!.error(new Error('broken'));
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const flood = (requests: Requests, count: number) =>
  Array.from({ length: count }, (_, at) => requests.send('flooding', `f${at}`));

describe('the turns of tenants', () => {
  it('let one that is alone use every connection, and answer each of its requests in order', async () => {
    const requests = new Requests();
    const answers = flood(requests, 10);
    await settled();
    expect(requests.begun).toEqual(['f0', 'f1', 'f2', 'f3']);
    for (let at = 0; at < 10; at += 1) await requests.end(`f${at}`);
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 10 }, () => 'done'));
    expect(requests.begun).toEqual(Array.from({ length: 10 }, (_, at) => `f${at}`));
  });

  it('let another tenant begin at once, however many wait, and leave half for it from then on', async () => {
    const requests = new Requests();
    void flood(requests, 100);
    await settled();
    void requests.send('other', 'o0');
    await settled();
    expect(requests.begun).toEqual(['f0', 'f1', 'f2', 'f3', 'o0']);
    await requests.end('f0');
    await requests.end('f1');
    expect(requests.begun).toHaveLength(5);
    await requests.end('f2');
    expect(requests.begun.slice(5)).toEqual(['f4']);
  });

  it('let the tools of a call begin at once, however many of its tenant’s own requests wait', async () => {
    const requests = new Requests();
    void flood(requests, 100);
    await settled();
    void requests.send('flooding', 'tool', 'service');
    await settled();
    expect(requests.begun).toContain('tool');
  });

  it('pass on when a request fails', async () => {
    const requests = new Requests();
    const [first] = flood(requests, 5);
    await settled();
    const failed = expect(first).rejects.toThrow('broken');
    await requests.fail('f0');
    await failed;
    expect(requests.begun).toContain('f4');
  });

  it('are over for a request that waited too long, which tells when to come again', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const requests = new Requests();
      const answers = flood(requests, 5);
      await settled();
      const refused = expect(answers[4]).rejects.toMatchObject({
        code: 'tenant-busy',
        headers: { 'Retry-After': '1' },
      });
      jest.advanceTimersByTime(30_000);
      await refused;
      await requests.end('f0');
      expect(requests.begun).not.toContain('f4');
    } finally {
      jest.useRealTimers();
    }
  });

  it('do not keep more than a thousand waiting', async () => {
    const requests = new Requests();
    const answers = flood(requests, CONNECTIONS + 1_001);
    await expect(answers.at(-1)).rejects.toMatchObject({ code: 'tenant-busy' });
    expect(requests.begun).toHaveLength(CONNECTIONS);
  });
});
