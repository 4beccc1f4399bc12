import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mulawTone } from '@tandem/kit';
import { until } from '../../twilio/testing/bench.ts';
import { entries, PbxBench, SECRET } from '../testing/pbx-bench.ts';
import { ASTERISK_PEOPLE } from './people.ts';
import type { SimulatedCall } from './simulated-call.ts';
import type { PlaceCallOptions } from '../place-call-options.ts';

const NUMBER = '+14155550199';
const CALLER = '+12025550123';

const missingOffer = (name: string) => (name === 'tandem/callback-offer' ? null : 1_000);
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('the dialplan we ship', () => {
  let bench: PbxBench;

  beforeEach(async () => {
    bench = await PbxBench.open();
    bench.ingress.on('calls/hangup', 'hangup');
  });
  afterEach(() => bench.close());

  async function call(options: Partial<PlaceCallOptions> = {}): Promise<SimulatedCall> {
    return bench.call({ dialplan: await bench.shipped(), context: 'tandem', extension: NUMBER, ...options });
  }

  it('asks with all fields and the secret, and connects the caller to the relay at 16 kHz', async () => {
    bench.ingress.on('calls', bench.connect());
    bench.ingress.on('calls/next', 'hangup');
    const caller = await call();
    const connection = await bench.relay.connection();
    await until(() => connection.frames.length > 5);
    connection.socket.end();
    const report = await caller.ended;
    expect(report).toMatchObject({ endedBy: 'dialplan-hangup', errors: [] });
    expect(connection.audioTypes).toEqual(new Set([0x12]));
    const [asked] = bench.ingress.to('calls');
    expect(asked!.fields).toMatchObject({
      to: NUMBER,
      from: CALLER,
      channel: report.channel,
      uniqueid: report.uniqueId,
      codec: 'slin16',
      progress: '',
    });
    expect(asked!.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(connection.uuid).toBe(report.legs[0]!.uuid);
    expect(bench.ingress.to('calls/next').map(({ fields }) => fields)).toMatchObject([
      { token: 'token-1', after: 'stream', uniqueid: report.uniqueId },
    ]);
    expect(bench.ingress.to('calls/hangup').map(({ fields }) => fields.uniqueid)).toEqual([report.uniqueId]);
  });

  it('connects the caller again after every kind of loss, with a new UUID each time', async () => {
    bench.ingress.on('calls', bench.connect('token-1'));
    bench.ingress.on(
      'calls/next',
      () => bench.connect('token-2'),
      () => bench.connect('token-3'),
      'hangup',
    );
    const caller = await call();
    (await bench.relay.connection(0)).socket.resetAndDestroy();
    (await bench.relay.connection(1)).sendAudio(0x03, 2);
    (await bench.relay.connection(2)).hangUp();
    const report = await caller.ended;
    expect(report.legs.map(({ end }) => end!.cause)).toEqual([
      'connection-reset',
      'protocol-error',
      'hung-up-by-relay',
    ]);
    expect(new Set(report.legs.map(({ uuid }) => uuid)).size).toBe(3);
    expect(bench.ingress.to('calls/next').map(({ fields }) => fields.token)).toEqual([
      'token-1',
      'token-2',
      'token-3',
    ]);
  });

  it('plays the notice that comes with a relay, once', async () => {
    bench.ingress.on('calls', `${bench.connect('token-1')},tandem/notice`);
    bench.ingress.on('calls/next', () => bench.connect('token-2'), 'hangup');
    const caller = await call();
    (await bench.relay.connection(0)).socket.end();
    (await bench.relay.connection(1)).socket.end();
    expect((await caller.ended).played).toEqual(['tandem/notice']);
  });

  it('gives up after TANDEM_MOST connections, with a sound', async () => {
    bench.ingress.on('calls', bench.connect());
    bench.ingress.on('calls/next', () => bench.connect());
    const dialplan = await bench.shipped({ TANDEM_MOST: '3' });
    const caller = await call({ dialplan });
    for (const index of [0, 1, 2]) (await bench.relay.connection(index)).socket.end();
    const report = await caller.ended;
    expect(report.legs).toHaveLength(3);
    expect(report.played).toEqual(['tandem/apology']);
  });

  it('lets the caller wait with music, and asks again with the progress', async () => {
    bench.ingress.on('calls', 'wait,20,3,progress-1,,', 'wait,0,2,progress-2,,', bench.connect());
    bench.ingress.on('calls/next', 'hangup');
    const caller = await call();
    (await bench.relay.connection()).socket.end();
    const report = await caller.ended;
    expect(bench.ingress.to('calls').map(({ fields }) => fields.progress)).toEqual([
      '',
      'progress-1',
      'progress-2',
    ]);
    expect(entries(report, 'music-started').length).toBeGreaterThan(0);
    expect(report).toMatchObject({ played: [], errors: [] });
  });

  const keysOf = () => bench.ingress.to('calls/key').map(({ fields }) => fields);
  const waiting = (offer = '') => `wait,60,3,progress-1,key-token,${offer}`;

  it('takes key 1 where the offer was played, also later in the line', async () => {
    bench.ingress.on('calls', waiting('tandem/callback-offer'), waiting());
    bench.ingress.on('calls/key', 'refuse,callback-requested,tandem/callback-requested');
    const caller = await call();
    while (entries(caller.report(), 'reading-keys').length < 3) await nextTurn();
    caller.press('1');
    const report = await caller.ended;
    expect(report.played).toEqual(['tandem/callback-offer', 'tandem/callback-requested']);
    expect(keysOf()).toMatchObject([
      { token: 'key-token', digit: '1', offered: '1', uniqueid: report.uniqueId },
    ]);
  });

  it.each([
    ['is not offered', () => 1_000, ''],
    ['is offered with a sound that is missing', missingOffer, 'tandem/callback-offer'],
  ])('takes no key 1 where a call back %s', async (_, sounds, offer) => {
    await bench.close();
    bench = await PbxBench.open({ sounds });
    bench.ingress.on('calls/hangup', 'hangup');
    bench.ingress.on('calls', waiting(offer), 'refuse,closed,tandem/closed');
    const caller = await call();
    while (!entries(caller.report(), 'music-started').length) await nextTurn();
    while (entries(caller.report(), 'reading-keys').length < 1) await nextTurn();
    caller.press('1');
    const report = await caller.ended;
    expect(keysOf()).toEqual([]);
    expect(report.errors).toEqual([]);
  });

  it.each(['5', '#'])('says the position, as it is then, when a waiting caller presses %s', async (key) => {
    bench.ingress.on(
      'calls',
      'wait,60,3,progress-1,,',
      'wait,1,2,progress-2,,',
      'wait,1,2,progress-2,,',
      'hangup',
    );
    const caller = await call();
    await caller.journal.first('reading-keys');
    caller.press(key);
    const report = await caller.ended;
    expect(report.played).toEqual(['tandem/position', 'digits/2']);
    expect(bench.ingress.to('calls').map(({ fields }) => fields.progress)).toEqual([
      '',
      'progress-1',
      'progress-2',
      'progress-2',
    ]);
    expect(keysOf()).toEqual([]);
  });

  it('plays why a call is refused; without the sound the caller hears the congestion tone', async () => {
    bench.ingress.on('calls', 'refuse,closed,tandem/closed');
    expect(await (await call()).ended).toMatchObject({
      played: ['tandem/closed'],
      endedBy: 'dialplan-hangup',
    });
    await bench.close();
    bench = await PbxBench.open({ sounds: () => null });
    bench.ingress.on('calls', 'refuse,closed,tandem/closed');
    bench.ingress.on('calls/hangup', 'hangup');
    expect(entries(await (await call()).ended, 'tone')).toMatchObject([{ name: 'congestion' }]);
  });

  it.each([
    ['does not answer for ten seconds', { status: 503, body: '{"title":"down"}' }],
    ['answers nonsense', 'perhaps,yes'],
    ['refuses the secret', { status: 401, body: '{"title":"Unauthorized"}' }],
  ])('apologises when the ingress %s', async (_, answer) => {
    bench.ingress.on('calls', answer);
    expect(await (await call()).ended).toMatchObject({ played: ['tandem/apology'], errors: [] });
  });

  it('asks again while the ingress restarts: the caller hears ringing, or music once answered', async () => {
    const away = { status: 503, body: '{"title":"down","status":503}' };
    bench.ingress.on('calls', ...Array<typeof away>(8).fill(away), bench.connect());
    bench.ingress.on('calls/next', away, 'hangup');
    const caller = await call();
    const connection = await bench.relay.connection();
    const before = caller.report();
    expect(entries(before, 'music-started')).toEqual([]);
    expect(before.played).toEqual([]);
    expect(bench.ingress.to('calls')).toHaveLength(9);
    connection.socket.end();
    const report = await caller.ended;
    expect(bench.ingress.to('calls/next')).toHaveLength(2);
    expect(report).toMatchObject({ played: [], errors: [] });
    expect(entries(report, 'music-started')).toHaveLength(1);
  });

  it.each([
    ['call-ingress', '{"type":"x","title":"Not ours","status":403}'],
    ['HAProxy', '<html><body><h1>403 Forbidden</h1>\nRequest forbidden.\n</body></html>'],
    ['nginx', '<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n</body>\r\n</html>'],
  ])('asks once where %s refuses the question', async (_, body) => {
    bench.ingress.on('calls', { status: 403, body });
    expect(await (await call()).ended).toMatchObject({ played: ['tandem/apology'], errors: [] });
    expect(bench.ingress.to('calls')).toHaveLength(1);
  });

  describe('with a person', () => {
    async function transferred(
      dial: string,
      person: ReturnType<(typeof ASTERISK_PEOPLE)[keyof typeof ASTERISK_PEOPLE]>,
    ) {
      bench.ingress.on('calls', bench.connect());
      bench.ingress.on('calls/next', dial, 'hangup');
      bench.ingress.on('calls/operator', 'ask,tandem/accept,1,ask-token', ({ fields }) =>
        fields.digit === '1' ? 'join' : 'hangup',
      );
      const endpoints: string[] = [];
      const caller = await call({
        callees: (endpoint) => {
          endpoints.push(endpoint);
          return person;
        },
      });
      (await bench.relay.connection()).socket.end();
      const report = await caller.ended;
      const after = bench.ingress.to('calls/next')[1]?.fields;
      return { report, after, endpoints };
    }

    it('cold: rings through Local and the trunk, and tells how it went', async () => {
      const { report, after, endpoints } = await transferred(
        'dial,+12025550188,20,+14155550199,cold,t2',
        ASTERISK_PEOPLE.talks(),
      );
      expect(report.errors).toEqual([]);
      expect(endpoints).toEqual(['PJSIP/+12025550188@trunk']);
      expect(after).toMatchObject({ token: 't2', after: 'dial', dialstatus: 'ANSWER', answered: '1' });
      expect(entries(report, 'bridged').map((entry) => entry.with)).toEqual([
        expect.stringMatching(/^AudioSocket\//),
        expect.stringMatching(/^Local\//),
      ]);
    });

    it('warm: the person hears the question, presses 1 and talks to the caller', async () => {
      const { after, report } = await transferred('dial,200,20,,warm,t2', ASTERISK_PEOPLE.acceptsByKey());
      expect(bench.ingress.to('calls/operator').map(({ fields }) => fields)).toMatchObject([
        { token: 't2', uniqueid: report.uniqueId },
        { token: 'ask-token', uniqueid: report.uniqueId, digit: '1', attempt: '1' },
      ]);
      expect(after).toMatchObject({ dialstatus: 'ANSWER', answered: '1' });
    });

    it.each([
      ['declines', ASTERISK_PEOPLE.declines(), 'ANSWER'],
      ['hangs up in the whisper', ASTERISK_PEOPLE.hangsUpInWhisper(), 'ANSWER'],
      ['is a voicemail', ASTERISK_PEOPLE.voicemail(), 'ANSWER'],
      ['is busy', ASTERISK_PEOPLE.busy(), 'BUSY'],
      ['does not answer', ASTERISK_PEOPLE.neverAnswers(), 'NOANSWER'],
    ])('warm: the caller comes back when the person %s', async (_, person, dialstatus) => {
      const { after, report } = await transferred('dial,200,5,,warm,t2', person);
      expect(after).toMatchObject({ after: 'dial', dialstatus, token: 't2' });
      expect(after!.answered).toBe('0');
      expect(report).toMatchObject({ endedBy: 'dialplan-hangup', errors: [] });
    });

    it('warm: asks with a beep where the question is missing', async () => {
      await bench.close();
      bench = await PbxBench.open({ sounds: (name) => (name.startsWith('tandem/') ? null : 1_000) });
      bench.ingress.on('calls/hangup', 'hangup');
      const { after } = await transferred('dial,200,20,,warm,t2', ASTERISK_PEOPLE.acceptsByKey());
      expect(after).toMatchObject({ dialstatus: 'ANSWER', answered: '1' });
      const [, person] = await bench.pbx.allEnded();
      expect(person!.played).toEqual(['tandem/accept', 'beep']);
    });

    it('without a token: the call ends with the talk', async () => {
      const { after, report } = await transferred('dial,200,20,,cold,', ASTERISK_PEOPLE.talks());
      expect(after).toBeUndefined();
      expect(report.endedBy).toBe('dialplan-hangup');
    });

    it('in a queue: the member who picks up is asked', async () => {
      const { after, endpoints } = await transferred('dial,701,20,,warm,t2', ASTERISK_PEOPLE.acceptsByKey());
      expect(endpoints).toEqual(['Queue/support']);
      expect(after).toMatchObject({ dialstatus: 'ANSWER', answered: '1' });
    });

    it('at a SIP address: rings without Local', async () => {
      const { endpoints } = await transferred(
        'dial,sip:sam@example.test,20,,cold,t2',
        ASTERISK_PEOPLE.talks(),
      );
      expect(endpoints).toEqual(['PJSIP/trunk/sip:sam@example.test']);
    });
  });

  it('tells calls of two PBXs apart that make the same unique id', async () => {
    bench.ingress.on('calls', 'hangup');
    const asked = () => bench.ingress.to('calls').map(({ fields }) => `${fields.pbx}/${fields.uniqueid}`);
    const unnamed = { dialplan: await bench.shipped({ TANDEM_PBX: '${SYSTEMNAME}' }) };
    const first = await (await call(unnamed)).ended;
    const [id] = asked();
    expect(id).toMatch(new RegExp(`^/${first.uniqueId}:[0-9]{9}$`));
    expect(bench.ingress.to('calls/hangup').map(({ fields }) => `/${fields.uniqueid}`)).toEqual([id]);
    await bench.close();
    bench = await PbxBench.open({ systemName: 'pbx.1' });
    bench.ingress.on('calls', 'hangup');
    bench.ingress.on('calls/hangup', 'hangup');
    const named = { dialplan: await bench.shipped({ TANDEM_PBX: '${SYSTEMNAME}' }) };
    const second = await (await call(named)).ended;
    expect(second.uniqueId).toMatch(/^pbx\.1-/);
    expect(asked()).toEqual([`pbx1/${second.uniqueId}`]);
  });

  it('takes a menu’s caller to the agent and back', async () => {
    bench.ingress.on('calls', bench.connect());
    bench.ingress.on('calls/next', 'hangup');
    const caller = await call({
      context: 'tandem-example-menu',
      extension: 's',
      callees: () => ASTERISK_PEOPLE.talks(),
    });
    await caller.journal.first('reading-keys');
    caller.press('1');
    (await bench.relay.connection()).hangUp();
    const report = await caller.ended;
    expect(report.played).toEqual(['tandem/menu', 'tandem/anything-else']);
    expect(
      entries(report, 'dialling')
        .map(({ to }) => to)
        .at(-1),
    ).toBe('Local/701@tandem-people/n');
  });

  it('reports the hang-up of a caller who speaks', async () => {
    bench.ingress.on('calls', bench.connect());
    const caller = await call();
    const connection = await bench.relay.connection();
    await caller.say(mulawTone(440, 200), { text: 'Hello.' });
    caller.hangup();
    const report = await caller.ended;
    await until(() => connection.ending !== null);
    expect(connection.ending).toBe('fin');
    expect(connection.frames.some(({ type }) => type === 0x00)).toBe(false);
    expect(bench.ingress.to('calls/hangup').map(({ fields }) => fields)).toMatchObject([
      { uniqueid: report.uniqueId, cause: '16' },
    ]);
    expect(report.endedBy).toBe('hangup-by-party');
  });

  it('reports the hang-up again until the ingress has it', async () => {
    bench.ingress.on('calls', 'wait,60,1,progress-1,');
    const away = { status: 502, body: '<html>Bad Gateway</html>' };
    bench.ingress.on('calls/hangup', away, { status: 200, body: '' }, away, 'hangup');
    const caller = await call();
    await caller.journal.first('reading-keys');
    caller.hangup();
    const report = await caller.ended;
    expect(bench.ingress.to('calls/hangup').map(({ fields }) => fields.uniqueid)).toEqual(
      Array(4).fill(report.uniqueId),
    );
    expect(report.errors).toEqual([]);
  });

  it('reports a hang-up once where the ingress refuses the report', async () => {
    bench.ingress.on('calls', bench.connect());
    bench.ingress.on('calls/hangup', { status: 403, body: '{"type":"x","title":"Not ours","status":403}' });
    const caller = await call();
    await bench.relay.connection();
    caller.hangup();
    await caller.ended;
    expect(bench.ingress.to('calls/hangup')).toHaveLength(1);
  });

  it('gives the report of a hang-up up after six times', async () => {
    bench.ingress.on('calls', 'refuse,closed,tandem/closed');
    bench.ingress.on('calls/hangup', { status: 502, body: '' });
    await (
      await call()
    ).ended;
    expect(bench.ingress.to('calls/hangup')).toHaveLength(6);
  });
});
