import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@tandem/conversation/testing';
import { FakePrograms, gone } from '../testing/fake-program.ts';
import { runProgram, type ProgramCommand } from './subprocess.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';

let programs: FakePrograms;
let clock: ManualClock;
const live = () => new AbortController().signal;
const command = (file: string, more: Partial<ProgramCommand> = {}): ProgramCommand => ({
  ...{ file, args: [], libraryPath: undefined, input: '', timeoutMs: 5_000, maxOutputBytes: 1_000 },
  ...more,
});

beforeEach(() => {
  programs = new FakePrograms();
  clock = new ManualClock();
});
afterEach(() => programs.remove());

describe('a speech program', () => {
  it('is given arguments, input and a library path, and nothing of our environment', async () => {
    const file = programs.write(
      'echo',
      'read line; echo "$1 $line $LD_LIBRARY_PATH"; env | grep -c "^HOME=" >&2; exit 0',
    );
    const output = await runProgram(
      command(file, { args: ['a b'], input: 'c\n', libraryPath: '/lib/one:/lib/two' }),
      clock,
      live(),
    );
    expect(output).toEqual({ stdout: 'a b c /lib/one:/lib/two\n', stderr: '0\n' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('is stopped with all it started when its time is over', async () => {
    const file = programs.write('hang', 'sleep 60 & echo $! > "$HERE/inner"; echo $$ > "$HERE/outer"; wait');
    const run = runProgram(command(file), clock, live());
    run.catch(() => undefined);
    const [inner, outer] = [Number(await programs.written('inner')), Number(await programs.written('outer'))];
    await clock.pass(5_000);
    await expect(run).rejects.toMatchObject({ fault: 'timed-out' });
    await Promise.all([gone(inner), gone(outer)]);
  });

  it('is stopped when it is not wanted any more', async () => {
    const file = programs.write('hang', 'echo $$ > "$HERE/pid"; exec sleep 60');
    const aborted = new AbortController();
    const run = runProgram(command(file), clock, aborted.signal);
    run.catch(() => undefined);
    const pid = Number(await programs.written('pid'));
    aborted.abort();
    await expect(run).rejects.toMatchObject({ fault: 'aborted' });
    await gone(pid);
    expect(clock.pendingTimers).toBe(0);
    await expect(runProgram(command(file), clock, aborted.signal)).rejects.toMatchObject({
      fault: 'aborted',
    });
  });

  it('is stopped when it talks too much', async () => {
    const file = programs.write('babble', 'yes babble');
    await expect(runProgram(command(file), clock, live())).rejects.toMatchObject({
      fault: 'too-much-output',
    });
  });

  it.each([
    ['exit 3', 'exit-code'],
    ['kill -9 $$', 'exit-code'],
  ])('that ends with "%s" has failed', async (script, fault) => {
    await expect(runProgram(command(programs.write('bad', script)), clock, live())).rejects.toMatchObject({
      fault,
    });
  });

  it('that is not there, or no program, has not started', async () => {
    await expect(runProgram(command('/nowhere/flite'), clock, live())).rejects.toMatchObject({
      fault: 'not-started',
    });
    await expect(runProgram(command(programs.folder), clock, live())).rejects.toMatchObject({
      fault: 'not-started',
    });
  });

  it('may end without reading what it was given', async () => {
    const file = programs.write('deaf', 'exec 0<&-; exit 0');
    await expect(runProgram(command(file, { input: 'x'.repeat(1_000_000) }), clock, live())).resolves.toEqual(
      {
        stdout: '',
        stderr: '',
      },
    );
  });
});

describe('places', () => {
  function task(): { run: () => Promise<string>; finish: () => void; isRunning: () => boolean } {
    let finish: () => void = () => undefined;
    let isRunning = false;
    const done = new Promise<string>((resolve) => (finish = () => resolve('done')));
    return {
      run: () => {
        isRunning = true;
        return done;
      },
      finish: () => finish(),
      isRunning: () => isRunning,
    };
  }

  it('let a limited number run, a limited number wait in order, and refuse the rest', async () => {
    const places = new ConcurrencyLimit('test', 1, 2);
    const tasks = [task(), task(), task(), task()] as const;
    const runs = tasks.slice(0, 3).map(({ run }) => places.run(live(), run));
    await expect(places.run(live(), tasks[3].run)).rejects.toMatchObject({ fault: 'busy' });
    expect(tasks.map(({ isRunning }) => isRunning())).toEqual([true, false, false, false]);
    tasks[0].finish();
    await runs[0];
    await Promise.resolve();
    expect(tasks.map(({ isRunning }) => isRunning())).toEqual([true, true, false, false]);
    tasks[1].finish();
    tasks[2].finish();
    expect(await Promise.all(runs)).toEqual(['done', 'done', 'done']);
  });

  it('are given back by what fails', async () => {
    const places = new ConcurrencyLimit('test', 1, 0);
    await expect(places.run(live(), () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
    await expect(places.run(live(), () => Promise.resolve(1))).resolves.toBe(1);
  });

  it('are not kept for who has gone', async () => {
    const places = new ConcurrencyLimit('test', 1, 1);
    const [first, second] = [task(), task()];
    const running = places.run(live(), first.run);
    const aborted = new AbortController();
    const leaving = places.run(aborted.signal, second.run);
    leaving.catch(() => undefined);
    aborted.abort();
    await expect(leaving).rejects.toMatchObject({ fault: 'aborted' });
    const third = task();
    const staying = places.run(live(), third.run);
    first.finish();
    third.finish();
    expect(await Promise.all([running, staying])).toEqual(['done', 'done']);
    expect(second.isRunning()).toBe(false);
    await expect(places.run(aborted.signal, second.run)).rejects.toMatchObject({ fault: 'aborted' });
  });
});
