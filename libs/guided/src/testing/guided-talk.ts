import { describeOutcome, type ToolOutcome } from '@tandem/contracts';
import { GuidedScene, type SceneOptions } from './guided-scene.ts';

export const QUESTION = 'I can book plumbing, heating or electrical work. Which do you need?';
export const SLOT = '2026-03-03T09:00:00.000-05:00';

/** A tool's success as the model reads it. */
export const ok = (value: Extract<ToolOutcome, { status: 'ok' }>['value']): object =>
  JSON.parse(describeOutcome({ status: 'ok', value })) as object;

/** Returns a call whose caller has heard the greeting. */
export async function greeted(options?: SceneOptions): Promise<GuidedScene> {
  const scene = new GuidedScene(options);
  await scene.passes(1);
  await scene.asks({ kind: 'reply' });
  scene.look();
  return scene;
}

/** Returns a call at the question whether to book. */
export async function confirming(options?: SceneOptions): Promise<GuidedScene> {
  const scene = await greeted(options);
  await scene.says('plumbing tomorrow morning');
  await scene.toolAnswers(ok({ slots: [{ start: SLOT, resource: 'Ann' }] }));
  await scene.says('yes');
  scene.look();
  return scene;
}
