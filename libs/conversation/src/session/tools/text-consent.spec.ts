import { describe, expect, it } from '@jest/globals';
import { defineTool, type CallEvent } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const recordConsent = defineTool({
  name: 'record_consent',
  description: '',
  place: 'call',
  arguments: z.object({ consent: z.string(), purpose: z.string().optional() }),
  cancellable: false,
  deadlineMs: 1_000,
});

async function states(call: CallScene, consent: string): Promise<string> {
  await call.passes(1);
  call.model.startResponse();
  const input = { consent, purpose: 'result-by-text' };
  const wish = call.model.callsTool({ name: 'record_consent', arguments: input });
  call.model.finish('completed');
  await call.passes(1);
  return call.model.toolResults.get(wish) ?? '';
}

describe('consent to a text message with a result', () => {
  it('is on record, whether the call is recorded or not, with each change of mind', async () => {
    const call = startCall({ tools: [recordConsent] });
    expect(await states(call, 'granted')).toContain('"texted":true');
    expect(await states(call, 'refused')).toContain('"texted":false');
    expect(call.log.of('consent.stated').map(({ purpose, state }) => `${purpose} ${state}`)).toEqual([
      'result-by-text granted',
      'result-by-text refused',
    ]);
  });

  it('is no consent to a recording on the next relay', () => {
    const stated = { purpose: 'result-by-text', state: 'granted', atMs: 1_000 } as const;
    const event: CallEvent = { type: 'consent.stated', data: stated, at: 1, seq: 1, epoch: 1 };
    expect(takeoverOf([event]).recording.consent).toBeNull();
  });
});
