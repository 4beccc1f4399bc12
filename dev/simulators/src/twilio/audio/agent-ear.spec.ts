import { beforeEach, describe, expect, it } from '@jest/globals';
import { MULAW_SILENCE, mulawTone } from '@tandem/kit';
import { AgentEar, DEFAULT_EAR } from './agent-ear.ts';

const SOUND = mulawTone(400, 20);
const SILENCE = new Uint8Array(160).fill(MULAW_SILENCE);

describe('the ear', () => {
  let heard: [string, number][];
  let ear: AgentEar;
  let nowMs: number;
  const listen = (frames: string) => {
    for (const letter of frames) {
      if (letter === 'x') ear.hear(SOUND, 160, nowMs);
      else ear.hear(SILENCE, letter === '.' ? 160 : 0, nowMs);
      nowMs += 20;
    }
  };

  beforeEach(() => {
    heard = [];
    nowMs = 0;
    ear = new AgentEar(DEFAULT_EAR, {
      onAgentStarted: (atMs) => heard.push(['started', atMs]),
      onAgentStopped: (atMs) => heard.push(['stopped', atMs]),
    });
  });

  it('dates the start to the first audible frame and the stop to the end of the last', () => {
    listen(`...xxxx${'.'.repeat(25)}`);
    expect(heard).toEqual([
      ['started', 60],
      ['stopped', 140],
    ]);
    expect(ear.firstAudibleMs).toBe(60);
    expect(ear.lastAudibleEndMs).toBe(140);
  });

  it('does not take a click for speech', () => {
    listen(`.x${'.'.repeat(30)}`);
    expect(heard).toEqual([]);
  });

  it('treats a pause between words as one speech, and missing frames as silence', () => {
    listen(`xx${'-'.repeat(15)}xx${'-'.repeat(21)}`);
    expect(heard).toEqual([
      ['started', 0],
      ['stopped', 380],
    ]);
  });

  it('ends a running speech when the line goes dead', () => {
    listen('xxx');
    ear.close();
    ear.close();
    expect(heard).toEqual([
      ['started', 0],
      ['stopped', 60],
    ]);
  });
});
