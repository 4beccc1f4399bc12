import { describe, expect, it } from '@jest/globals';
import type { NewCallEvent } from '@tandem/contracts';
import { foldCall } from './fold-call.ts';
import { admitted, agentSpoke, callId, log, tenantId } from './test/call-log.ts';

describe('the models of a call', () => {
  it('are those the caller has heard, not the configured one', () => {
    const opened = (provider: string): NewCallEvent => ({
      type: 'model.opened',
      data: { provider, model: `${provider}-1` },
    });
    const moved = (provider: string, why: 'ladder' | 'renewal'): NewCallEvent => ({
      type: 'model.moved',
      data: { provider, model: `${provider}-1`, why, gapMs: 0 },
    });
    const spoke = (atMs: number): [number, NewCallEvent] => [atMs, agentSpoke('Hello', atMs)];
    const named = (...facts: [number, NewCallEvent][]) => {
      const { modelKind, models } = foldCall(callId, tenantId, log([0, admitted], ...facts))!;
      return [modelKind, models.map(({ provider, fromMs }) => `${provider} ${fromMs}`)];
    };
    expect(named([300, opened('openai-realtime')], [900, moved('guided', 'ladder')], spoke(1_000))).toEqual([
      'guided',
      ['guided 900'],
    ]);
    expect(
      named(
        [300, opened('openai-realtime')],
        spoke(400),
        [500, moved('openai-realtime', 'renewal')],
        spoke(600),
        [900, moved('guided', 'ladder')],
        spoke(1_000),
      ),
    ).toEqual(['openai-realtime', ['openai-realtime 300', 'guided 900']]);
    expect(named([300, opened('openai-realtime')])).toEqual([null, []]);
  });
});
