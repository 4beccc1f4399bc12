import { expect, it } from '@jest/globals';
import type { NewCallEvent } from '@tandem/contracts';
import { RecordedCallLog } from '@tandem/conversation/testing';
import { shownLog } from './shown-log.ts';

it('an event is shown after it is appended, and flushing waits for the log', async () => {
  const kept = new RecordedCallLog();
  const shown: [NewCallEvent, number][] = [];
  const log = shownLog(kept, (event) => shown.push([event, kept.facts.length]));
  const event: NewCallEvent = { type: 'stream.detached', data: { reason: 'moved' } };
  log.append(event);
  expect(shown).toEqual([[event, 1]]);
  kept.isAway = true;
  expect(await log.flush(10)).toBe('timed-out');
});
