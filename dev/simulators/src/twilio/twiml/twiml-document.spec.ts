import { describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { readTwiml, type TwimlDocument } from './twiml-document.ts';

function read(body: string): TwimlDocument {
  const reading = readTwiml(`<Response>${body}</Response>`);
  if (!reading.ok) throw new Error(reading.detail);
  return reading.document;
}

const warnings = (body: string) => read(body).issues.map((issue) => issue.detail);

describe('TwiML', () => {
  it('keeps verbs in order with their attributes, nouns and text', () => {
    const { verbs, issues } = read(
      '<Say voice="alice">Hello\n  there</Say>\n<Dial timeout="5"><Number url="/w">+15550100</Number></Dial>',
    );
    expect(issues).toEqual([]);
    expect(verbs).toEqual([
      { name: 'Say', attributes: { voice: 'alice' }, children: [], text: 'Hello there', line: 1 },
      {
        name: 'Dial',
        attributes: { timeout: '5' },
        text: '',
        line: 3,
        children: [{ name: 'Number', attributes: { url: '/w' }, children: [], text: '+15550100', line: 3 }],
      },
    ]);
  });

  it('accepts without a warning what the SDK writes', () => {
    const response = new twilio.twiml.VoiceResponse();
    const connect = response.connect({ action: 'https://x.test/after?t=1&u=2' });
    const stream = connect.stream({
      url: 'wss://x.test/m',
      name: 'main',
      statusCallback: 'https://x.test/s',
      statusCallbackMethod: 'POST',
    });
    stream.parameter({ name: 'token', value: 'a&b' });
    response
      .gather({ input: ['dtmf', 'speech'], numDigits: 1, finishOnKey: '', timeout: 3 })
      .say('Press one & go');
    response
      .dial({ answerOnBridge: true, timeLimit: 60 })
      .number({ statusCallbackEvent: ['ringing', 'answered'], statusCallback: '/s' }, '+15550100');
    response.enqueue({ waitUrl: '/wait' }, 'support');
    response.reject({ reason: 'busy' });
    response.redirect({ method: 'POST' }, '/next');
    response.start().stream({ url: 'wss://x.test/f', track: 'both_tracks' });
    response.sms({ to: '+15550100' }, 'text');
    const reading = readTwiml(response.toString());
    expect(reading).toMatchObject({ ok: true, document: { issues: [] } });
  });

  it('reads the words inside speech markup', () => {
    expect(
      read('<Say>one <break time="1s"/><emphasis>two</emphasis> <prosody rate="slow">three</prosody></Say>')
        .verbs[0]!.text,
    ).toBe('one two three');
  });

  it.each([
    ['an unknown verb', '<Shout>x</Shout>'],
    ['a verb in the wrong case', '<say>x</say>'],
    ['a noun in the place of a verb', '<Stream url="wss://x.test/m"/>'],
    ['a verb nested where it may not be', '<Gather><Dial>1</Dial></Gather>'],
    ['an unknown attribute', '<Say volume="11">x</Say>'],
    ['an attribute of Object.prototype', '<Say constructor="x">x</Say>'],
    ['a value outside the list', '<Reject reason="because"/>'],
    ['a method nobody has', '<Redirect method="PUT">/x</Redirect>'],
    ['a number that is none', '<Pause length="soon"/>'],
    ['a number with a fraction', '<Gather timeout="2.5"/>'],
    ['a number below its range', '<Gather numDigits="0"/>'],
    [
      'a second track on a bidirectional stream',
      '<Connect><Stream url="wss://x.test/m" track="both_tracks"/></Connect>',
    ],
    ['stray text', '<Connect>now<Stream url="wss://x.test/m"/></Connect>'],
    ['an empty redirect', '<Redirect/>'],
  ])('warns with 12200 of %s and continues without it', (_, body) => {
    const { issues } = read(body);
    expect(issues.map((issue) => issue.code)).toEqual([12_200]);
  });

  it('drops the parts it warned of and keeps the rest', () => {
    const { verbs } = read('<Shout/><Say loud="yes" loop="2">x</Say>');
    expect(verbs).toMatchObject([{ name: 'Say', attributes: { loop: '2' } }]);
  });

  it('names the TwiML it does not act on', () => {
    expect(warnings('<Pay/>')).toEqual([expect.stringContaining('does not act on')]);
  });

  it.each([
    ['<Response><Say>x</Response>', 12_100],
    ['', 12_100],
    ['{"ok":true}', 12_100],
    ['<html/>', 12_102],
  ])('%p is no document', (text, code) => {
    expect(readTwiml(text)).toMatchObject({ ok: false, code });
  });
});
