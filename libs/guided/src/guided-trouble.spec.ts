import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, ProviderError } from '@tandem/contracts';
import { GuidedScene } from './testing/guided-scene.ts';
import { greeted, QUESTION } from './testing/guided-talk.ts';

describe('a guided session in trouble', () => {
  it('reports a failed recognition and goes on as not understood', async () => {
    const scene = await greeted();
    scene.recogniser.planned.push(
      new ProviderError('no', { provider: 'guided', code: 'recognition-timed-out', category: 'server' }),
    );
    await scene.passes(60_000);
    await scene.speaks(400);
    await scene.passes(1);
    expect(scene.look()).toEqual([
      'caller started',
      'caller stopped',
      'response started',
      'fault recognition-timed-out',
      'caller: (not understood)',
      `says: Sorry, I did not catch that. ${QUESTION}`,
      'item done',
      'response completed',
    ]);
  });

  it('reports a response that cannot be spoken, and says it when asked again', async () => {
    const scene = await greeted();
    scene.synthesiser.fault = new ProviderError('no', {
      provider: 'guided',
      code: 'speech-failed',
      category: 'server',
    });
    await scene.says('plumbing');
    expect(scene.look().slice(-3)).toEqual(['caller: plumbing', 'fault speech-failed', 'response failed']);
    scene.synthesiser.fault = null;
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toBe('says: A visit for plumbing. Which day suits you?');
  });

  it.each([
    [{ inputFormat: PCM16_16K }, 'format-unsupported'],
    [{ timeZone: 'Atlantis/Lost' }, 'time-zone-unknown'],
    [{ openDetector: () => Promise.reject(new RangeError('no memory')) }, 'internal'],
  ])('does not open with %j', async (options, code) => {
    const scene = new GuidedScene(options);
    await scene.passes(10);
    await scene.asks({ kind: 'reply' });
    scene.session.close();
    await scene.passes(10);
    expect(scene.look()).toEqual([`closed ${code}`]);
  });

  it('says that it only speaks English', async () => {
    const scene = new GuidedScene({ language: 'de-DE' });
    await scene.passes(1);
    expect(scene.look()).toEqual(['ready', 'fault language-unsupported']);
  });

  it('takes a line that stops for the end of what was being said', async () => {
    const scene = await greeted();
    scene.recogniser.planned.push('plumbing');
    await scene.speaks(400, 0);
    await scene.passes(2_100);
    expect(scene.look()).toContain('says: A visit for plumbing. Which day suits you?');
  });

  it('still reports the last words when the line is closed, without answering them', async () => {
    const scene = await greeted();
    scene.recogniser.planned.push('goodbye');
    await scene.speaks(400, 0);
    scene.calling(() => scene.session.finishInput());
    await scene.passes(10);
    expect(scene.look()).toEqual(['caller started', 'caller stopped', 'caller: goodbye']);
  });

  it('tells nothing after it is closed, and leaves nothing behind', async () => {
    const scene = await greeted();
    await scene.speaks(400, 0);
    scene.look();
    scene.session.respond({ kind: 'say', text: 'Too late.' });
    scene.session.close();
    scene.session.close();
    await scene.speaks(800);
    await scene.asks({ kind: 'reply' });
    scene.session.truncate(scene.lastItem!, 10);
    scene.session.addNote('The caller pressed: 1');
    scene.session.change({ language: 'en-GB' });
    await scene.passes(10_000);
    expect(scene.look()).toEqual(['closed']);
    expect(scene.detector.isFreed).toBe(true);
    expect(scene.clock.pendingTimers).toBe(0);
  });

  it('gives up the detector when it is closed before it has one', async () => {
    const scene = new GuidedScene();
    scene.session.close();
    await scene.passes(10);
    expect(scene.look()).toEqual(['closed']);
    expect(scene.detector.isFreed).toBe(true);
  });
});
