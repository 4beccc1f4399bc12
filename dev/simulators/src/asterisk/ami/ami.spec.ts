import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../twilio/testing/bench.ts';
import { readDialplan } from '../asterisk-simulator.ts';
import { ASTERISK_PEOPLE } from '../call/people.ts';
import { AmiClient } from '../testing/ami-client.ts';
import { PbxBench } from '../testing/pbx-bench.ts';

const DIALPLAN = readDialplan(`
[test]
exten => s,1,Answer()
 same => n,Set(COLOUR=red)
 same => n,Wait(600)
[other]
exten => s,1,NoOp(arrived)
 same => n,Wait(600)
[talk]
exten => s,1,Dial(PJSIP/200,20,g)
 same => n,NoOp(after)
 same => n,Wait(600)
`);

describe('the manager interface', () => {
  let bench: PbxBench;
  let client: AmiClient;

  beforeEach(async () => {
    bench = await PbxBench.open({
      dialplan: DIALPLAN,
      callees: () => ASTERISK_PEOPLE.talks({ talkMs: 60_000 }),
    });
    client = new AmiClient(bench.pbx.amiPort);
  });
  afterEach(async () => {
    client.socket.destroy();
    await bench.close();
  });

  const logIn = (secret = 'ami-secret') =>
    client.ask({ Action: 'Login', Username: 'tandem', Secret: secret });
  async function caller(context = 'test') {
    const call = bench.call({ context });
    await call.journal.first('answered');
    return call;
  }

  it('greets, and lets in who has the secret', async () => {
    expect(await logIn()).toMatchObject({ Response: 'Success', Message: 'Authentication accepted' });
    expect(client.text).toMatch(/^Asterisk Call Manager\/\d/);
    expect(await client.ask({ Action: 'Ping' })).toMatchObject({ Response: 'Success', Ping: 'Pong' });
  });

  it('lets nobody else in, and closes', async () => {
    expect(await client.ask({ Action: 'Ping' })).toMatchObject({
      Response: 'Error',
      Message: 'Permission denied',
    });
    const closed = once(client.socket, 'close');
    expect(await logIn('wrong')).toMatchObject({ Response: 'Error', Message: 'Authentication failed' });
    await closed;
  });

  it('redirects a channel by name or unique id', async () => {
    await logIn();
    for (const name of ['name', 'uniqueId'] as const) {
      const call = await caller();
      const action = { Action: 'Redirect', Context: 'other', Exten: 's', Priority: '1' };
      expect(await client.ask({ ...action, Channel: call.channel[name] })).toMatchObject({
        Message: 'Redirect successful',
      });
      await until(() =>
        call.report().timeline.some((entry) => entry.kind === 'application' && entry.args === 'arrived'),
      );
      call.hangup();
      await call.ended;
    }
  });

  it('redirects a caller out of a dial, and a dialled party into a place of its own', async () => {
    await logIn();
    const action = { Action: 'Redirect', Context: 'other', Exten: 's', Priority: '1' };
    const call = bench.call({ context: 'talk' });
    await call.journal.first('bridged');
    const person = bench.pbx.liveCalls.find((other) => other !== call)!;
    await client.ask({ ...action, Channel: person.channel.name });
    await until(() =>
      call.report().timeline.some((entry) => entry.kind === 'application' && entry.args === 'after'),
    );
    expect(person.hasEnded).toBe(false);
    expect(person.report().timeline.at(-2)).toMatchObject({ args: 'arrived' });
    call.hangup();
  });

  it.each([
    [{ Action: 'Redirect', Context: 'other', Exten: 's', Priority: '1' }, 'Channel not specified'],
    [{ Action: 'Redirect', Channel: 'x', Exten: 's', Priority: '1' }, 'Context not specified'],
    [{ Action: 'Redirect', Channel: 'x', Context: 'other', Priority: '1' }, 'Exten not specified'],
    [{ Action: 'Redirect', Channel: 'x', Context: 'other', Exten: 's' }, 'Priority not specified'],
    [
      { Action: 'Redirect', Channel: 'x', Context: 'other', Exten: 's', Priority: 'x' },
      'Priority is invalid',
    ],
    [
      { Action: 'Redirect', Channel: 'x', Context: 'other', Exten: 's', Priority: '1' },
      'Channel does not exist: x',
    ],
    [{ Action: 'Hangup', Channel: 'x' }, 'No such channel'],
    [{ Action: 'PlayDTMF', Channel: 'x', Digit: '1' }, 'Channel not found'],
    [{ Action: 'Getvar', Channel: 'x', Variable: 'A' }, 'No such channel'],
    [{ Action: 'Setvar', Channel: 'x', Value: '1' }, 'No variable specified'],
    [
      { Action: 'Dance' },
      'Invalid/unknown command: Dance. Use Action: ListCommands to show available commands.',
    ],
    [
      {
        Action: 'Originate',
        Channel: 'PJSIP/200',
        Context: 'nowhere',
        Exten: 's',
        Priority: '1',
        Async: 'true',
      },
      'Extension does not exist.',
    ],
  ])('refuses %j', async (action, message) => {
    await logIn();
    expect(await client.ask(action as Record<string, string>)).toMatchObject({
      Response: 'Error',
      Message: message,
    });
  });

  it('hangs up, plays keys, reads and sets variables', async () => {
    await logIn();
    const call = await caller();
    const channel = { Channel: call.channel.uniqueId };
    expect(await client.ask({ Action: 'Getvar', Variable: 'COLOUR', ...channel })).toMatchObject({
      Value: 'red',
    });
    await client.ask({ Action: 'Setvar', Variable: 'COLOUR', Value: 'blue', ...channel });
    expect(call.channel.variables.get('COLOUR')).toBe('blue');
    await client.ask({ Action: 'PlayDTMF', Digit: '5', ...channel });
    expect(call.report().timeline.at(-1)).toMatchObject({ kind: 'key-heard', digit: '5' });
    expect(await client.ask({ Action: 'Hangup', Cause: '21', ...channel })).toMatchObject({
      Message: 'Channel Hungup',
    });
    expect(await call.ended).toMatchObject({ endedBy: 'manager', hangupCause: 21 });
    await until(() => client.packets().some((packet) => packet.Event === 'Hangup'));
    expect(client.packets().find((packet) => packet.Event === 'Hangup')).toMatchObject({
      Uniqueid: call.channel.uniqueId,
      Cause: '21',
      'Cause-txt': 'Call Rejected',
    });
  });

  it('tells what happens to channels', async () => {
    await logIn();
    const call = bench.call({ context: 'talk' });
    await call.journal.first('bridged');
    call.hangup();
    await until(() => client.packets().filter((packet) => packet.Event === 'Hangup').length === 2);
    const events = client.packets().flatMap((packet) => (packet.Event ? [packet.Event] : []));
    expect(new Set(events)).toEqual(
      new Set(['FullyBooted', 'Newchannel', 'Newstate', 'DialBegin', 'DialEnd', 'Hangup']),
    );
    expect(client.packets().find((packet) => packet.Event === 'DialEnd')).toMatchObject({
      Channel: call.channel.name,
      DialStatus: 'ANSWER',
    });
  });

  it('makes calls', async () => {
    await logIn();
    const action = {
      Action: 'Originate',
      Channel: 'PJSIP/200',
      Context: 'other',
      Exten: 's',
      Priority: '1',
      Async: 'true',
      CallerID: '"Sam" <+12025550100>',
      Variable: 'A=1,B=2',
      ChannelId: 'mine.1',
    };
    expect(await client.ask(action)).toMatchObject({ Message: 'Originate successfully queued' });
    await until(() => client.packets().some((packet) => packet.Event === 'OriginateResponse'));
    expect(client.packets().find((packet) => packet.Event === 'OriginateResponse')).toMatchObject({
      Response: 'Success',
      Uniqueid: 'mine.1',
    });
    const [person] = bench.pbx.liveCalls;
    expect([person!.from, person!.channel.variables.get('B')]).toEqual(['+12025550100', '2']);
  });

  it('drops a client that sends a line without end', async () => {
    const closed = once(client.socket, 'close');
    client.socket.write('x'.repeat(5_000));
    await closed;
  });
});
