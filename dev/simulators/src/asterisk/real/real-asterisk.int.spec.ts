import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeIngress } from '../testing/fake-ingress.ts';
import { FakeRelay } from '../testing/fake-relay.ts';
import { RealAsterisk } from './real-asterisk.ts';

const { ASTERISK_BIN: program = '', ASTERISK_PREFIX: prefix = '' } = process.env;
const SECRET = 'a-secret-for-specs';
const NAME = 'pbx-1';

/** Waits for what takes an Asterisk seconds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

// Where no Asterisk is, the simulator's specs are all there is: the dialplan is the same.
(program === '' ? describe.skip : describe)('a real Asterisk with the dialplan we ship', () => {
  const ingress = new FakeIngress();
  const relay = new FakeRelay();
  let asterisk: RealAsterisk;

  beforeAll(async () => {
    await Promise.all([ingress.start(), relay.start()]);
    const globals = { TANDEM_URL: ingress.url, TANDEM_SECRET: SECRET };
    asterisk = await RealAsterisk.start({ program, prefix, systemName: NAME, globals });
  });
  afterAll(async () => {
    await asterisk.stop();
    await Promise.all([ingress.stop(), relay.stop()]);
  });
  beforeEach(() => {
    ingress.requests.length = 0;
    relay.connections.length = 0;
    ingress.on('calls', () => connect('t1'));
    ingress.on('calls/next', 'hangup');
    ingress.on('calls/hangup', 'hangup');
    ingress.on('calls/operator', 'ask,beep,1,asked', ({ fields }) =>
      fields.digit === '1' ? 'join' : 'hangup',
    );
  });

  const connect = (token: string) => `connect,${relay.address},${randomUUID()},${token},`;
  const ended = () => until(() => ingress.to('calls/hangup').length > 0);
  const nexts = () => ingress.to('calls/next').map(({ fields }) => fields);

  it('asks, connects at 16 kHz, and asks again after the relay has closed', async () => {
    await asterisk.call('+14155550199');
    const connection = await relay.connection();
    await until(() => connection.frames.length > 5);
    connection.socket.end();
    await ended();
    const [asked] = ingress.to('calls');
    expect(asked?.fields.uniqueid).toMatch(/^pbx-1-[\d.]+$/);
    expect(asked).toMatchObject({
      fields: { to: '+14155550199', from: '+12025550123', codec: 'slin16', pbx: NAME, progress: '' },
      headers: {
        authorization: `Bearer ${SECRET}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(connection.audioTypes).toEqual(new Set([0x12]));
    expect(nexts()).toMatchObject([{ token: 't1', after: 'stream', uniqueid: asked!.fields.uniqueid }]);
    expect(ingress.to('calls/hangup')[0]!.fields.uniqueid).toBe(asked!.fields.uniqueid);
  });

  it('keeps the caller after every kind of loss', async () => {
    const losses = [
      (index: number) => relay.connections[index]!.socket.resetAndDestroy(),
      (index: number) => relay.connections[index]!.sendAudio(0x03, 2),
      (index: number) => relay.connections[index]!.sendAudio(0x12, 0),
      (index: number) => relay.connections[index]!.socket.end(Buffer.from([0x12, 2, 0x80, 1])),
      (index: number) => relay.connections[index]!.hangUp(),
    ];
    ingress.on('calls/next', ...losses.slice(1).map((_, index) => () => connect(`t${index + 2}`)), 'hangup');
    await asterisk.call('+14155550199');
    for (const [index, lose] of losses.entries()) {
      await relay.connection(index);
      lose(index);
    }
    await ended();
    expect(nexts().map(({ token }) => token)).toEqual(['t1', 't2', 't3', 't4', 't5']);
  });

  it('lets the caller wait, and asks again for the position when a key is pressed', async () => {
    ingress.on('calls', 'wait,0,0,new.0.0,,', 'wait,20,3,3.0.0,key-token,', 'refuse,closed,beep');
    await asterisk.call('+14155550199', 'key');
    await ended();
    expect(ingress.to('calls').map(({ fields }) => fields.progress)).toEqual(['', 'new.0.0', '3.0.0']);
    expect(ingress.to('calls/key')).toEqual([]);
  });

  it.each([
    ['accepts', 'warm', 'ANSWER', '1'],
    ['declines', 'warm', 'ANSWER', '0'],
    ['leaves', 'warm', 'ANSWER', '0'],
    ['busy', 'warm', 'BUSY', '0'],
    ['silent', 'warm', 'NOANSWER', '0'],
    ['nowhere', 'warm', 'CHANUNAVAIL', '0'],
    ['leaves', 'cold', 'ANSWER', '1'],
    ['701', 'warm', 'ANSWER', '1'],
  ])('a person who %s, %s: %s, answered %s', async (person, mode, dialstatus, answered) => {
    ingress.on('calls/next', `dial,${person},3,+14155550199,${mode},t2`, 'hangup');
    await asterisk.call('+14155550199');
    (await relay.connection()).socket.end();
    await ended();
    expect(nexts()[1]).toMatchObject({ token: 't2', after: 'dial', dialstatus, answered });
  });

  it('gives a call to another relay when AMI redirects it by its unique id', async () => {
    ingress.on('calls/next', () => connect('t2'), 'hangup');
    await asterisk.call('+14155550199');
    await relay.connection(0);
    const { uniqueid = '' } = ingress.to('calls')[0]!.fields;
    const place = { Context: 'tandem-next', Exten: 's', Priority: '1' };
    const answer = await asterisk.ami.ask({ Action: 'Redirect', Channel: uniqueid, ...place });
    expect(answer.Message).toBe('Redirect successful');
    (await relay.connection(1)).socket.end();
    await ended();
    expect(nexts().map(({ token }) => token)).toEqual(['t1', 't2']);
  });

  it('tells its calls apart from those of another PBX without a name', async () => {
    const nameless = await RealAsterisk.start({
      program,
      prefix,
      globals: { TANDEM_URL: ingress.url, TANDEM_SECRET: SECRET },
    });
    try {
      await nameless.call('+14155550199');
      (await relay.connection()).socket.end();
      await ended();
      expect(ingress.to('calls')).toMatchObject([
        { fields: { pbx: '', uniqueid: expect.stringMatching(/^[\d.]+:\d{9}$/) } },
      ]);
    } finally {
      await nameless.stop();
    }
  });

  it('reports a hang-up again that the ingress did not take', async () => {
    const refused = { status: 503, body: '' };
    ingress.on('calls/hangup', refused, refused, 'hangup');
    await asterisk.call('+14155550199');
    (await relay.connection()).socket.end();
    await until(() => ingress.to('calls/hangup').length === 3);
    const [first, ...again] = ingress.to('calls/hangup').map(({ fields }) => fields);
    expect(again).toEqual([first, first]);
  });

  it('asks for some ten seconds and apologises when the ingress is of no help', async () => {
    ingress.on('calls', { status: 502, body: '<html>' });
    await asterisk.call('+14155550199');
    await ended();
    // Once a second; how many fit depends on the time each takes.
    expect(ingress.to('calls').length).toBeGreaterThan(5);
    expect(ingress.to('calls').length).toBeLessThanOrEqual(12);
  });
});
