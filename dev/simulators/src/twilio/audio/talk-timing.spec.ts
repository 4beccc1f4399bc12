import { describe, expect, it } from '@jest/globals';
import { TalkTimer } from './talk-timing.ts';

describe('talk timing', () => {
  it('measures an answer from the end of the caller to the first sound of the agent', () => {
    const timer = new TalkTimer();
    timer.callerStarted(1000);
    timer.callerStopped(2000);
    timer.agentStarted(2600);
    expect(timer.result(2600).responses).toEqual([
      { callerStoppedMs: 2000, agentStartedMs: 2600, responseMs: 600 },
    ]);
  });

  it('counts from the last end when the caller continued before the answer', () => {
    const timer = new TalkTimer();
    timer.callerStopped(2000);
    timer.callerStarted(2300);
    timer.callerStopped(3000);
    timer.agentStarted(3500);
    expect(timer.result(0).responses.map((response) => response.responseMs)).toEqual([500]);
  });

  it('does not count speech that began before the caller stopped as an answer', () => {
    const timer = new TalkTimer();
    timer.callerStopped(2000);
    timer.agentStarted(1980);
    timer.agentStopped(2500);
    timer.agentStarted(2900);
    expect(timer.result(0).responses.map((response) => response.responseMs)).toEqual([900]);
  });

  it('measures an interruption from the start of the caller to the last sound of the agent', () => {
    const timer = new TalkTimer();
    timer.agentStarted(1000);
    timer.callerStarted(3000);
    timer.agentStopped(3240);
    timer.callerStopped(3900);
    timer.agentStarted(4400);
    expect(timer.result(1000).interruptions).toEqual([
      { callerStartedMs: 3000, agentSilentMs: 3240, silenceMs: 240 },
    ]);
    expect(timer.result(1000).responses).toHaveLength(1);
  });

  it('sees no interruption where the agent had finished, though this was not known yet', () => {
    const timer = new TalkTimer();
    timer.agentStarted(1000);
    timer.callerStarted(2100);
    timer.agentStopped(2000);
    expect(timer.result(1000).interruptions).toEqual([]);
  });
});
