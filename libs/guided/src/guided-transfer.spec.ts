import { describe, expect, it } from '@jest/globals';
import { defineTool, describeOutcome } from '@tandem/contracts';
import { z } from 'zod';
import { FAKE_TOOLS, GuidedScene, type SceneOptions } from './testing/guided-scene.ts';

const QUESTION = 'I can book plumbing, heating or electrical work. Which do you need?';
const CLOSED = JSON.parse(
  describeOutcome({ status: 'refused', reason: 'department-closed', detail: 'Closed.' }),
) as object;

async function greeted(options?: SceneOptions): Promise<GuidedScene> {
  const scene = new GuidedScene(options);
  await scene.passes(1);
  await scene.asks({ kind: 'reply' });
  scene.look();
  return scene;
}

describe('a caller who asks for a person', () => {
  /** The tool as the agent's directory declares it: a closed list of departments, all arguments required. */
  const transferTool = defineTool({
    name: 'transfer_call',
    description: 'Puts the caller through.',
    place: 'call',
    arguments: z.object({
      department: z.enum(['sales', 'support']),
      reason: z.enum(['caller-asked', 'cannot-help']),
      summary: z.string().min(1).max(600),
    }),
    cancellable: false,
    deadlineMs: 5_000,
  });

  it('is put through, without a word of its own over the announcement', async () => {
    const scene = await greeted({ tools: [...FAKE_TOOLS, transferTool] });
    await scene.says('i want to speak to a person');
    expect(scene.look()).toEqual([
      'caller started',
      'caller stopped',
      'response started',
      'caller: i want to speak to a person',
      'calls transfer_call {"department":"support","reason":"caller-asked","summary":"The caller asked ' +
        'for a person."}',
      'response completed',
    ]);
    await scene.toolAnswers(CLOSED);
    expect(scene.look()).toContain(`says: Nobody is there to take the call at this hour. ${QUESTION}`);
  });

  it('waits while a booking is under way', async () => {
    const scene = await greeted({ tools: [...FAKE_TOOLS, transferTool] });
    await scene.says('plumbing tomorrow morning');
    await scene.toolAnswers({
      status: 'ok',
      result: { slots: [{ start: '2026-03-03T09:00:00.000-05:00', resource: 'Ann' }] },
    });
    await scene.says('yes');
    await scene.says('yes');
    await scene.says('operator');
    expect(scene.toolCalls.map(({ name }) => name)).toEqual(['check_availability', 'book_appointment']);
    expect(scene.look().at(-3)).toContain('I am still booking it, then I can put you through.');
  });

  it('is told where nobody can be reached at all', async () => {
    const scene = await greeted();
    await scene.says('i want to speak to a person');
    expect(scene.look().at(-3)).toBe(`says: I cannot put you through to a person here. ${QUESTION}`);
  });
});
