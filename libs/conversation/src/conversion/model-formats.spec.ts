import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_24K, PCM16_8K, PCMA_8K, PCMU_8K } from '@tandem/contracts';
import { leastLossy } from './model-formats.ts';

const ALL = [PCMU_8K, PCMA_8K, PCM16_24K];

describe('the format of a model that loses least', () => {
  it.each([
    ['its own, when it is offered', PCMA_8K, ALL, PCMA_8K],
    ['the whole band before the same encoding', PCM16_16K, ALL, PCM16_24K],
    ['no resampling before linear samples', PCM16_8K, ALL, PCMU_8K],
    ['linear samples at the same rate', PCMU_8K, [PCMA_8K, PCM16_8K], PCM16_8K],
    ['the nearest rate', PCM16_8K, [PCM16_24K, PCM16_16K], PCM16_16K],
    ['the first one offered, if nothing decides', PCM16_8K, [PCMA_8K, PCMU_8K], PCMA_8K],
    ['the only one', PCM16_16K, [PCMU_8K], PCMU_8K],
  ])('is %s', (_why, stream, offered, best) => {
    expect(leastLossy(stream, offered)).toBe(best);
  });

  it('is none where none is offered', () => {
    expect(leastLossy(PCMU_8K, [])).toBeNull();
  });
});
