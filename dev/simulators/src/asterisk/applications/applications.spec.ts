import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDialplan } from '../asterisk-simulator.ts';
import type { CallReport } from '../call/call-report.ts';
import { ASTERISK_PEOPLE } from '../call/people.ts';
import { entries, PbxBench } from '../testing/pbx-bench.ts';

/** Returns the arguments of each `NoOp()`, in order. */
const told = (report: CallReport) =>
  entries(report, 'application').flatMap(({ name, args }) => (name === 'NoOp' ? [args] : []));

describe('the dialplan of a call', () => {
  let bench: PbxBench;

  beforeEach(async () => {
    bench = await PbxBench.open({ sounds: (name) => (name === 'missing' ? null : 1_000) });
  });
  afterEach(() => bench.close());

  const run = (lines: readonly string[], options = {}) => bench.dial(lines, options).ended;
  const file = (text: string, options = {}) => bench.call({ dialplan: readDialplan(text), ...options });

  it('runs priorities in order and ends after the last', async () => {
    expect(await run(['NoOp(1)', 'NoOp(2)'])).toMatchObject({
      endedBy: 'dialplan-end',
      answeredAtMs: null,
      hangupCause: 16,
    });
  });

  it('answers once, and hangs up with the cause it is given', async () => {
    const report = await run(['Answer()', 'Answer()', 'Hangup(17)', 'NoOp(never)']);
    expect(entries(report, 'answered')).toHaveLength(1);
    expect(report).toMatchObject({ endedBy: 'dialplan-hangup', hangupCause: 17 });
  });

  it('sets variables, jumps and branches', async () => {
    const call = file(`
[test]
exten => s,1,Set(A=x=y)
 same => n,Set(N=0)
 same => n(loop),Set(N=$[\${N} + 1])
 same => n,GotoIf($[\${N} < 3]?loop)
 same => n,ExecIf($["\${A}" = "x=y"]?NoOp(kept \${N}):NoOp(lost))
 same => n,GotoIf($["\${A}" = ""]?:there)
 same => n,NoOp(never)
 same => n(there),Goto(other,s,begin)
[other]
exten => s,1,NoOp(never)
 same => n(begin),NoOp(there)
`);
    expect(told(await call.ended)).toEqual(['there']);
    expect(entries(await call.ended, 'application').filter(({ name }) => name === 'Set')).toHaveLength(5);
  });

  it('calls routines with arguments, local variables and a return value', async () => {
    const call = file(`
[test]
exten => s,1,Set(OUTER=kept)
 same => n,Gosub(double,s,1(4,x))
 same => n,NoOp(\${GOSUB_RETVAL} \${OUTER} [\${ARG1}] [\${INNER}])
 same => n,GosubIf($[0]?double,s,1(1):double,s,1(5))
 same => n,NoOp(\${GOSUB_RETVAL})
[double]
exten => s,1,Set(LOCAL(INNER)=\${ARG2})
 same => n,Return($[\${ARG1} * 2])
`);
    expect(told(await call.ended)).toEqual(['8 kept [] []', '10']);
  });

  it('refuses what it does not support, with file and line', async () => {
    for (const [line, expected] of [
      ['NoOp(${SHELL(ls)})', '${SHELL()} is not supported'],
      ['Set(SHELL(x)=y)', 'SHELL() cannot be set'],
      ['Set(CHANNEL(pickupgroup)=1)', 'CHANNEL(pickupgroup) is not supported'],
      ['Dial(PJSIP/200,20,tT)', 'option "t" of Dial() is not supported'],
      ['Dial(IAX2/x)', 'IAX2/ is not supported'],
      ['Playback(x,mix)', 'option "mix" is not supported'],
      ['Read(K,,1,i)', 'option "i" of Read()'],
      ['NoOp($[1 +])', 'something is missing'],
      ['Return()', 'Return() without Gosub()'],
      ['Goto(nowhere,s,1)', 'there is no context "nowhere"'],
      ['Set(CURLOPT(cookie)=x)', 'CURLOPT(cookie) is not supported'],
    ] as const) {
      const report = await run([line]);
      expect(report.endedBy).toBe('dialplan-error');
      expect(report.errors).toEqual([expect.stringContaining(`extensions.conf:2: ${expected}`)]);
    }
  });

  it('ends a dialplan that runs in a circle', async () => {
    const report = await run(['Goto(s,1)']);
    expect(report.errors).toEqual([expect.stringContaining('more than 20000 steps')]);
    const deep = await run(['Gosub(s,1)']);
    expect(deep.errors).toEqual([expect.stringContaining('nested too deep')]);
  });

  it('runs the extension h and the hangup handlers, the newest first, after a hang-up', async () => {
    const call = file(`
[test]
exten => s,1,Set(CHANNEL(hangup_handler_push)=bye,s,1(first))
 same => n,Set(CHANNEL(hangup_handler_push)=bye,s,1(second))
 same => n,Answer()
 same => n,Wait(600)
exten => h,1,NoOp(h)
[bye]
exten => s,1,NoOp(\${ARG1} \${HANGUPCAUSE})
 same => n,Return()
`);
    await call.journal.first('answered');
    call.hangup();
    expect(told(await call.ended)).toEqual(['h', 'second 16', 'first 16']);
  });

  it('lets a hangup handler pause with System() only: Wait() ends it', async () => {
    const call = file(`
[test]
exten => s,1,Set(CHANNEL(hangup_handler_push)=waits,s,1)
 same => n,Set(CHANNEL(hangup_handler_push)=sleeps,s,1)
 same => n,Hangup()
[sleeps]
exten => s,1,System(sleep 1)
 same => n,NoOp(slept)
 same => n,Return()
[waits]
exten => s,1,Wait(1)
 same => n,NoOp(waited)
 same => n,Return()
`);
    expect(told(await call.ended)).toEqual(['slept']);
    const other = file('[test]\nexten => s,1,System(rm -rf /)\n');
    expect((await other.ended).errors[0]).toContain('is not supported');
  });

  it('plays sounds, and tells that one is missing', async () => {
    const report = await run([
      'Playback(hello&world)',
      'NoOp(${PLAYBACKSTATUS})',
      'Playback(missing)',
      'NoOp(${PLAYBACKSTATUS})',
    ]);
    expect(report.played).toEqual(['hello', 'world', 'missing']);
    expect(told(report)).toEqual(['SUCCESS', 'FAILED']);
    expect(report.answeredAtMs).not.toBeNull();
    expect((await run(['Playback(hello,noanswer)'])).answeredAtMs).toBeNull();
  });

  it('reads keys until there are enough, or #, or none come', async () => {
    const call = bench.dial([
      'Read(A,hello,2)',
      'NoOp(${A} ${READSTATUS})',
      'Read(B)',
      'NoOp(${B})',
      'Read(C,,1,,2,1)',
      'NoOp([${C}] ${READSTATUS})',
    ]);
    const reads: number[] = [];
    call.listen((entry) => {
      if (entry.kind === 'reading-keys') call.press(['12', '345#'][reads.push(1) - 1] ?? '');
    });
    expect(told(await call.ended)).toEqual(['12 OK', '345', '[] TIMEOUT']);
    expect(reads).toHaveLength(4);
  });

  it('jumps to the extension of a key', async () => {
    const menu = `
[test]
exten => s,1,Answer()
 same => n,WaitExten(5,m(jazz))
 same => n,NoOp(timeout)
exten => 1,1,NoOp(one)
exten => 12,1,NoOp(twelve)
exten => i,1,NoOp(invalid \${INVALID_EXTEN})
`;
    for (const [keys, expected] of [
      ['1', 'one'],
      ['12', 'twelve'],
      ['7', 'invalid 7'],
      ['', 'timeout'],
    ] as const) {
      const call = file(menu);
      await call.journal.first('reading-keys');
      call.press(keys);
      const report = await call.ended;
      expect(told(report)).toEqual([expected]);
      expect(entries(report, 'music-started')).toMatchObject([{ musicClass: 'jazz' }]);
    }
  });

  it('plays music, in front of other applications or alone', async () => {
    const report = await run([
      'Answer()',
      'StartMusicOnHold()',
      'Wait(1)',
      'StopMusicOnHold()',
      'MusicOnHold(jazz,1)',
    ]);
    expect(entries(report, 'music-started').map(({ musicClass }) => musicClass)).toEqual(['default', 'jazz']);
    expect(entries(report, 'music-stopped')).toHaveLength(2);
  });

  it.each([
    ['Busy(1)', 'busy', 17],
    ['Congestion(1)', 'congestion', 16],
  ])('%s plays its tone', async (line, name, hangupCause) => {
    const report = await run([line]);
    expect(entries(report, 'tone')).toMatchObject([{ name }]);
    expect(report.hangupCause).toBe(hangupCause);
  });

  it('stops what it does when the caller hangs up', async () => {
    for (const line of [
      'Wait(600)',
      'MusicOnHold()',
      'Congestion()',
      'Read(K,,1,,1,600)',
      'Dial(PJSIP/200)',
    ]) {
      const call = bench.dial(['Answer()', line, 'NoOp(never)'], { callees: ASTERISK_PEOPLE.neverAnswers });
      await call.journal.first('answered');
      call.hangup();
      const report = await call.ended;
      expect(told(report)).toEqual([]);
      expect(report.endedBy).toBe('hangup-by-party');
    }
  });

  describe('that dials', () => {
    const status = ['NoOp(${DIALSTATUS} ${HANGUPCAUSE})'];

    it.each([
      [{ outcome: 'answer', actions: [{ afterMs: 500, hangup: true }] }, 'ANSWER 0'],
      [{ outcome: 'busy' }, 'BUSY 17'],
      [{ outcome: 'decline' }, 'CHANUNAVAIL 21'],
      [{ outcome: 'unreachable' }, 'CHANUNAVAIL 1'],
      [{ outcome: 'no-answer' }, 'NOANSWER 0'],
    ] as const)('%j gives %s', async (script, expected) => {
      const report = await run(['Dial(PJSIP/200,5,g)', ...status], { callees: () => script });
      expect(told(report)).toEqual([expected]);
    });

    it('several at once connects the first who answers', async () => {
      const report = await run(['Dial(PJSIP/1&PJSIP/2&PJSIP/3,20,g)', ...status], {
        callees: (endpoint: string) =>
          endpoint === 'PJSIP/2'
            ? ASTERISK_PEOPLE.talks({ ringMs: 300 })
            : ASTERISK_PEOPLE.talks({ ringMs: 3000 }),
      });
      expect(entries(report, 'bridged').map((entry) => entry.with)).toEqual([
        expect.stringMatching(/^PJSIP\/2-/),
      ]);
      expect(told(report)).toEqual(['ANSWER 0']);
      const reports = await bench.pbx.allEnded();
      expect(reports.filter(({ endedBy }) => endedBy === 'not-answered')).toHaveLength(2);
    });

    it('answers the caller with the bridge, not before', async () => {
      const call = bench.dial(['Dial(PJSIP/200,20)'], { callees: () => ASTERISK_PEOPLE.talks() });
      await call.journal.first('dialling');
      expect(call.isAnswered).toBe(false);
      await call.journal.first('bridged');
      expect(call.isAnswered).toBe(true);
      expect((await call.ended).endedBy).toBe('dial-ended');
    });

    it('passes keys across, and hands variables on as their underscores say', async () => {
      const call = file(
        `
[test]
exten => s,1,Set(PLAIN=1)
 same => n,Set(_ONCE=2)
 same => n,Set(__ALWAYS=3)
 same => n,Dial(Local/x@people/n,20,g)
[people]
exten => x,1,NoOp([\${PLAIN}] [\${ONCE}] [\${ALWAYS}])
 same => n,Set(__SEEN=[\${PLAIN}] [\${ONCE}] [\${ALWAYS}])
 same => n,Dial(PJSIP/200,20,gU(look))
[look]
exten => s,1,Playback(\${SEEN}/[\${ONCE}] [\${ALWAYS}])
 same => n,Return()
`,
        { callees: () => ASTERISK_PEOPLE.talks({ talkMs: 10_000 }) },
      );
      await call.journal.first('bridged');
      call.press('4');
      await call.ended;
      const [, person] = await bench.pbx.allEnded();
      expect(person!.played).toEqual(['[] [2] [3]/[] [3]']);
      expect(entries(person!, 'key-heard')).toMatchObject([{ digit: '4' }]);
    });

    it.each([
      ['', true, 'ANSWER'],
      ['JOIN', true, 'ANSWER'],
      ['CONTINUE', false, 'ANSWER'],
      ['BUSY', false, 'BUSY'],
      ['CONGESTION', false, 'CONGESTION'],
    ])(
      'a party whose routine sets GOSUB_RESULT=%s is connected: %s',
      async (result, isConnected, expected) => {
        const call = file(
          '[test]\nexten => s,1,Dial(PJSIP/200,20,gU(ask^a^b))\n' +
            ` same => n,NoOp(\${DIALSTATUS} \${GOSUB_RETVAL})\n` +
            `[ask]\nexten => s,1,Set(GOSUB_RESULT=${result})\n same => n,Return(\${ARG1}\${ARG2})\n`,
          { callees: () => ASTERISK_PEOPLE.talks() },
        );
        const report = await call.ended;
        expect(entries(report, 'bridged')).toHaveLength(isConnected ? 1 : 0);
        expect(told(report)).toEqual([`${expected} ${result === '' ? '' : 'ab'}`]);
      },
    );

    it('plays music or nothing while it rings', async () => {
      const report = await run(['Dial(PJSIP/200,5,m(jazz))'], { callees: ASTERISK_PEOPLE.neverAnswers });
      expect(entries(report, 'music-started')).toMatchObject([{ musicClass: 'jazz' }]);
      expect(entries(report, 'music-stopped')).toHaveLength(1);
    });
  });
});
