import { describe, expect, it } from '@jest/globals';
import type { CallEvent, NewCallEvent } from '@tandem/contracts';
import type { CallEntry } from '@tandem/simulators';
import { CallPrinter } from './printed-call.ts';

function printed(run: (printer: CallPrinter) => void): string[] {
  const lines: string[] = [];
  run(new CallPrinter((line) => lines.push(line)));
  return lines;
}

const at = (event: NewCallEvent, writtenAt: number): CallEvent => ({
  ...event,
  seq: 1,
  epoch: 1,
  at: writtenAt,
});
const webhook = (httpStatus: number): CallEntry => ({
  kind: 'webhook',
  purpose: 'voice',
  url: 'https://voice.example.com/twilio/voice',
  method: 'POST',
  fields: {},
  httpStatus,
  attempts: 1,
  tookMs: 12,
  atMs: 0,
});

describe('a printed call', () => {
  it('shows when an utterance began, not when it was over', () => {
    const startedAt = Date.now();
    const lines = printed((printer) => {
      printer.carrier(webhook(200));
      printer.event(at({ type: 'call.admitted', data: {} } as unknown as NewCallEvent, startedAt + 200));
      printer.event(
        at(
          {
            type: 'agent.spoke',
            data: {
              itemId: 'a',
              text: 'One moment.',
              heardMs: 1,
              generatedMs: 1,
              interrupted: false,
              startedAtMs: 30_000,
              endedAtMs: 34_000,
            },
          },
          startedAt + 34_300,
        ),
      );
    });
    expect(lines[1]).toMatch(/^ +30\.[23] s {2}agent .*One moment\.$/);
  });

  it('closes the line after what was said last, though that is read later', () => {
    const lines = printed((printer) => {
      printer.carrier({ kind: 'ended', cause: 'hangup-verb', status: 'completed', atMs: 5_000 });
      printer.event(
        at(
          {
            type: 'agent.spoke',
            data: {
              itemId: 'a',
              text: 'Goodbye.',
              heardMs: 1,
              generatedMs: 1,
              interrupted: false,
              startedAtMs: 1,
              endedAtMs: 2,
            },
          },
          Date.now(),
        ),
      );
      printer.end();
    });
    expect(lines).toEqual([
      expect.stringContaining('Goodbye.'),
      expect.stringContaining('line closed (hangup-verb)'),
    ]);
  });

  it('names arguments of tools and refusals in words', () => {
    const lines = printed((printer) => {
      printer.carrier(webhook(0));
      printer.carrier({
        kind: 'error',
        code: 11_210,
        level: 'error',
        title: 'HTTP bad host name',
        detail: 'getaddrinfo ENOTFOUND voice.example.com',
        atMs: 1,
      });
      printer.event(
        at(
          {
            type: 'tool.called',
            data: {
              toolCallId: 'x',
              providerCallId: '',
              name: 'check_availability',
              arguments: { service: 'plumbing', days: 2 },
              atMs: 1,
            },
          } as unknown as NewCallEvent,
          Date.now(),
        ),
      );
    });
    expect(lines[0]).toContain('POST /twilio/voice → no answer in 12 ms');
    expect(lines[1]).toContain(
      'carrier error 11210, HTTP bad host name: getaddrinfo ENOTFOUND voice.example.com',
    );
    expect(lines[2]).toContain('check_availability service plumbing, days 2');
  });
});
