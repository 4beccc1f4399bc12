import { describe, expect, it } from '@jest/globals';
import { StackError } from '../checkout/stack-error.ts';
import { firstAvailable, type Source } from './first-available.ts';

function source(name: string, outcome: string | StackError, tried: string[]): Source<string> {
  return {
    name,
    attempt: () => {
      tried.push(name);
      return typeof outcome === 'string' ? Promise.resolve(outcome) : Promise.reject(outcome);
    },
  };
}

describe('the first available source', () => {
  it('ends at the first source that works and does not try the rest', async () => {
    const tried: string[] = [];
    const sources = [
      source('path', new StackError('not found', 'install it'), tried),
      source('apt', 'apt redis', tried),
      source('npm', 'npm redis', tried),
    ];
    expect(await firstAvailable('Redis', sources, 'Install it.')).toEqual({
      value: 'apt redis',
      passedOver: ['path: not found'],
    });
    expect(tried).toEqual(['path', 'apt']);
  });

  it('names every reason and what to do when none works', async () => {
    const sources = [
      source('path', new StackError('not found', ''), []),
      source('apt', new StackError('no network\nat all', ''), []),
    ];
    const fault = await firstAvailable('Redis', sources, 'Install Redis by hand.').catch(
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(StackError);
    expect(fault).toMatchObject({
      what: 'No Redis is available here.\n  - path: not found\n  - apt: no network',
      todo: 'Install Redis by hand.',
    });
  });
});
