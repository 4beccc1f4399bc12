import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BoundedLog } from './bounded-log.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-log-'));
  file = join(folder, 'logs/relay-1.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a log', () => {
  it('never takes more than twice its bound on disk and keeps the newest', () => {
    const log = new BoundedLog({ file, limitBytes: 100 });
    for (let line = 1; line <= 50; line += 1) log.write(`line ${line}\n`);
    log.close();
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(220);
    expect(readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8')).toContain('line 50\n');
  });

  it('keeps the run before as .1', () => {
    const first = new BoundedLog({ file });
    first.write('yesterday\n');
    first.close();
    const second = new BoundedLog({ file });
    second.write('today\n');
    second.close();
    expect([readFileSync(`${file}.1`, 'utf8'), readFileSync(file, 'utf8')]).toEqual([
      'yesterday\n',
      'today\n',
    ]);
  });

  it('cannot be read by other users', () => {
    new BoundedLog({ file }).close();
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('returns the last lines from memory', () => {
    const log = new BoundedLog({ file: null });
    log.write('one\ntwo\nth');
    log.write('ree\n');
    expect(log.lastLines(2)).toBe('two\nthree');
  });

  it('passes on whole lines, however they arrive', () => {
    const lines: string[] = [];
    const log = new BoundedLog({ file: null, onLine: (line) => lines.push(line) });
    for (const piece of ['a', 'b\nc', '\n\nd']) log.write(piece);
    expect(lines).toEqual(['ab', 'c', '']);
  });

  it('does not grow with a line that never ends', () => {
    const lines: string[] = [];
    const log = new BoundedLog({ file: null, onLine: (line) => lines.push(line) });
    for (let piece = 0; piece < 100; piece += 1) log.write('x'.repeat(1_000));
    log.write('\n');
    expect(lines[0]?.length).toBe(16_000);
    expect(log.lastLines(1).length).toBeLessThan(8_001);
  });

  it('counts failed writes and continues', () => {
    const log = new BoundedLog({ file, limitBytes: 10 });
    rmSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs'), 'in the way');
    log.write('more than ten bytes\n');
    log.write('and again\n');
    expect(log.lost).toBe(1);
    expect(log.lastLines(1)).toBe('and again');
  });
});
