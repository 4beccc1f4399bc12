import { describe, expect, it } from '@jest/globals';
import { GOODBYE } from './dialogue/wording.ts';
import { GuidedScene } from './testing/guided-scene.ts';

describe('a goodbye from outside', () => {
  it('said while the caller speaks is the last thing said: their turn is not answered', async () => {
    const scene = new GuidedScene();
    await scene.passes(1);
    await scene.asks({ kind: 'reply' });
    await scene.says('a plumber on saturday');
    scene.look();
    scene.recogniser.planned.push('the twelfth please');
    await scene.speaks(600, 0);
    scene.session.change({ turnOwner: 'session' });
    await scene.asks({
      kind: 'instruct',
      instruction: 'The call is being ended now. Say one short goodbye to the caller.',
    });
    await scene.speaks(400);
    await scene.passes(5_000);
    expect(scene.look().filter((event) => event.startsWith('says'))).toEqual([`says: ${GOODBYE}`]);
  });
});
