import { sameFormat, type AudioFormat } from '@tandem/contracts';

/**
 * Returns which of the offered formats loses least of a sound in `format`, in either direction: the format
 * itself, else one that carries its whole band, else at its rate, which needs no resampling, else linear,
 * else the one offered first. Null when none is offered.
 */
export function leastLossy(format: AudioFormat, offered: readonly AudioFormat[]): AudioFormat | null {
  const [best = null] = offered.toSorted((a, b) => {
    const losses = lossesOf(format, a);
    return lossesOf(format, b).reduce((order, loss, at) => order || (losses[at] as number) - loss, 0);
  });
  return best;
}

/** In order of weight. */
function lossesOf(format: AudioFormat, other: AudioFormat): readonly number[] {
  return [
    sameFormat(format, other) ? 0 : 1,
    Math.max(0, format.rateHz - other.rateHz),
    Math.abs(format.rateHz - other.rateHz),
    other.encoding === 'pcm16' ? 0 : 1,
  ];
}
