import { describe, expect, it } from '@jest/globals';
import { StackError } from '../checkout/stack-error.ts';
import { firstAvailable, type Source } from './first-available.ts';

function rung(name: string, outcome: string | StackError, tried: string[]): Source<string> {
  return {
    name,
    attempt: () => {
      tried.push(name);
      return typeof outcome === 'string' ? Promise.resolve(outcome) : Promise.reject(outcome);
    },
  };
}

describe('a ladder', () => {
  it('ends at the first source that works and does not try the rest', async () => {
    const tried: string[] = [];
    const rungs = [
      rung('path', new StackError('not found', 'install it'), tried),
      rung('apt', 'apt redis', tried),
      rung('npm', 'npm redis', tried),
    ];
    expect(await firstAvailable('Redis', rungs, 'Install it.')).toEqual({
      value: 'apt redis',
      passedOver: ['path: not found'],
    });
    expect(tried).toEqual(['path', 'apt']);
  });

  it('names every reason and what to do when none works', async () => {
    const rungs = [
      rung('path', new StackError('not found', ''), []),
      rung('apt', new StackError('no network\nat all', ''), []),
    ];
    const fault = await firstAvailable('Redis', rungs, 'Install Redis by hand.').catch(
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(StackError);
    expect(fault).toMatchObject({
      what: 'No Redis is available here.\n  - path: not found\n  - apt: no network',
      todo: 'Install Redis by hand.',
    });
  });
});
