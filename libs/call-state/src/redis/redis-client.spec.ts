import { describe, expect, it } from '@jest/globals';
import { leaveReplicas } from './redis-client.ts';
import { redisStateOf } from './redis-fault.ts';

const reply = (message: string, command = 'set'): Error =>
  Object.assign(new Error(message), { name: 'ReplyError', command: { name: command } });
const readOnly = (command?: string): Error =>
  reply("READONLY You can't write against a read only replica.", command);

/** The decision of a client, at moments of its clock. */
function client(isScriptRepeated = false) {
  let at = 0;
  const decide = leaveReplicas({ isScriptRepeated, now: () => at });
  return (ms: number, error: Error) => {
    at = ms;
    return decide(error);
  };
}

describe('the state that an error shows', () => {
  it.each([
    ['Last error: ERR No such master with that name', 'no-such-group'],
    ['Last error: WRONGPASS invalid username-password pair or user is disabled.', 'no-permission'],
    ['Last error: NOAUTH Authentication required.', 'no-permission'],
    ['Last error: connect ECONNREFUSED 127.0.0.1:26379', 'no-sentinel'],
  ])('is told from what Sentinels answered: %s', (last, state) => {
    const message = `All sentinels are unreachable. Retrying from scratch after 50ms. ${last}`;
    expect(redisStateOf(new Error(message))).toBe(state);
  });
});

describe('a client that is refused a write', () => {
  it('connects anew when the server is a replica, and only then', () => {
    const decide = client();
    expect(decide(0, reply('ERR no such key'))).toBe(false);
    expect(decide(0, reply("OOM command not allowed when used memory > 'maxmemory'."))).toBe(false);
    expect(decide(0, readOnly())).toBe(true);
  });

  it('does so for a write in a script, and for a read waiting at a new replica', () => {
    expect(
      client()(
        0,
        reply(
          "READONLY You can't write against a read only replica. script: 1b, on @user_script:1.",
          'evalsha',
        ),
      ),
    ).toBe(true);
    expect(
      client()(
        0,
        reply(
          'ERR Error running script (call to f_1b): @user_script:1: @user_script: 1: -READONLY You ' +
            "can't write",
          'evalsha',
        ),
      ),
    ).toBe(true);
    expect(
      client()(
        0,
        reply(
          'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
          'xread',
        ),
      ),
    ).toBe(true);
  });

  it(
    'waits longer each time while its address goes on to lead to a replica, never more than two seconds, ' +
      'and not after a calm',
    () => {
      const decide = client();
      const left: number[] = [];
      for (let ms = 0; ms <= 20_000; ms += 50) if (decide(ms, readOnly())) left.push(ms);
      const pauses = left.slice(1).map((ms, index) => ms - (left[index] ?? 0));
      expect(pauses.slice(0, 5)).toEqual([250, 500, 1_000, 2_000, 2_000]);
      expect(Math.max(...pauses)).toBe(2_000);
      expect(decide(60_000, readOnly())).toBe(true);
      expect(decide(60_250, readOnly())).toBe(true);
    },
  );

  it('sends refused scripts again, those that were refused together too, and single commands never', () => {
    const decide = client(true);
    expect([
      decide(0, readOnly('evalsha')),
      decide(1, readOnly('evalsha')),
      decide(2, readOnly('xadd')),
    ]).toEqual([2, 2, true]);
    expect(decide(100, readOnly('evalsha'))).toBe(false);
  });
});

describe('what an error says of Redis', () => {
  it.each([
    ['READONLY You', 'read-only'],
    ['OOM command', 'out-of-memory'],
    ['MISCONF Redis is', 'not-saving'],
    ['NOREPLICAS Not', 'too-few-replicas'],
    ['CLUSTERDOWN Hash', 'cluster'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'cluster'],
    ['LOADING Redis', 'busy'],
    ['NOPERM this', 'no-permission'],
    ['ERR unknown', 'refusing'],
  ])('%s: %s', (message, state) => {
    expect(redisStateOf(reply(message))).toBe(state);
  });

  it('is that it is away when it was no reply', () => {
    expect(redisStateOf(new Error('Command timed out'))).toBe('away');
  });
});
