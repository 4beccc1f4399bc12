import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewCallEvent } from './call-event.ts';
import type { ToolCallId } from '../words/ids.ts';
import {
  CARD_LABEL,
  maskEvent,
  maskJson,
  maskNumbers,
  maskUtterances,
  NUMBER_LABEL,
} from './masked-numbers.ts';

describe('a card number', () => {
  it.each([
    ['in groups', 'My card is 4111 1111 1111 1111, thank you', `My card is ${CARD_LABEL}, thank you`],
    ['in one piece', '4111111111111111', CARD_LABEL],
    ['with dashes and dots', '4111-1111.1111-1111', CARD_LABEL],
    ['in pairs', '41.11.11.11.11.11.11.11 or 41:11:11:11:11:11:11:11', `${CARD_LABEL} or ${CARD_LABEL}`],
    ['of 15 digits', 'Amex 3782 822463 10005.', `Amex ${CARD_LABEL}.`],
    ['with a wrong check digit', '4111 1111 1111 1112', NUMBER_LABEL],
    [
      'in words',
      'It is four one one one, one one one one, one one one one, one one one one. Okay?',
      `It is ${CARD_LABEL}. Okay?`,
    ],
    [
      'of one group said four times',
      'four one one one, four one one one, four one one one, four one one one',
      NUMBER_LABEL,
    ],
    [
      'in words with fillers',
      'four one one one uh one one one one and then one one one one um one one one one',
      CARD_LABEL,
    ],
    ['in tens and teens', 'forty-one eleven, eleven eleven, eleven eleven, eleven eleven', CARD_LABEL],
    [
      'with double and triple',
      'four triple one, double one double one, one one one one, double one double one',
      CARD_LABEL,
    ],
    [
      'with hundreds',
      'forty one hundred, zero zero zero zero, zero zero zero zero, oh oh oh oh',
      NUMBER_LABEL,
    ],
    ['in digits and words', '4111 one one one one 1111 one one one one', CARD_LABEL],
    ['with its date and code', '4111 1111 1111 1111 12 27 123', CARD_LABEL],
    ['in Spanish', 'cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno', CARD_LABEL],
    [
      'in German',
      'vier eins eins eins, eins eins eins eins, eins eins eins eins, eins eins eins eins',
      CARD_LABEL,
    ],
    ['in French', 'quatre un un un un un un un un un un un un un un un', CARD_LABEL],
    ['in other digits', '４１１１ １１１１ １１１１ １１１１', CARD_LABEL],
    ['glued to letters', 'VISA4111111111111111x', `VISA${CARD_LABEL}x`],
    [
      'behind a telephone number',
      'Call +1 202 555 0123, card 4111 1111 1111 1111',
      `Call +1 202 555 0123, card ${CARD_LABEL}`,
    ],
    ['with a plus', '+4111 1111 1111 1111', `+${CARD_LABEL}`],
  ])('%s is masked', (_how, said, written) => {
    expect(maskNumbers(said)).toBe(written);
  });

  it.each([
    'My number is 202 555 0123',
    'Call me at +1 (202) 555-0123 or +49 1512 345 67890',
    'one two oh two, five five five, oh one two three',
    'We have nine, nine thirty, ten, ten thirty, eleven, eleven thirty, twelve, one, and two thirty',
    'We have 9:00, 9:30, 10:00, 10:30, 11:00 and 11:30',
    'On 12/07/2026, 12/08/2026 and 12/09/2026',
    '2026-12-07T11:00:00-05:00, 2026-12-08T11:00:00.000Z',
    'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01 and 00000000-0000-4000-8000-000000000001',
    'It costs $1,200 or $1,300, $1,400 or $1,500',
    'Your reference is K48213, the other one M10022, the third NW47110815',
    'From 10% to 20%, 30%, 40%, 50%, 60% and 70%',
    'Twelve digits are none: 123456789012',
  ])('is not seen where there is none: %s', (said) => {
    expect(maskNumbers(said)).toBe(said);
  });

  it('is masked wherever its digits are split, and however often', () => {
    const separators = fc.array(fc.constantFrom('', ' ', '-', ', ', '. ', ' and ', ' uh '), {
      minLength: 18,
      maxLength: 18,
    });
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 13, maxLength: 19 });
    const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
    fc.assert(
      fc.property(digits, separators, fc.boolean(), (number, between, isSpelled) => {
        const said = number
          .map(
            (digit, index) =>
              (index === 0 ? '' : between[index - 1] || (isSpelled ? ' ' : '')) +
              (isSpelled ? words[digit] : String(digit)),
          )
          .join('');
        // Dates, times and ascending hours are the exceptions.
        fc.pre(/^\d/.test(said) ? !/\d[.]\d/.test(said) : number.includes(0));
        expect(maskNumbers(`so ${said} thanks`)).toMatch(/^so \[(card|long) number\] thanks$/);
      }),
    );
  });

  it('takes no longer for a text made against it', () => {
    const shapes = ['1.', '11.11.', '1:1', '+1', '19', 'one ', '1-', '2026-', 'a1', 'double ', '0000-'];
    for (const shape of shapes)
      expect(maskNumbers(shape.repeat(20_000 / shape.length)).length).toBeGreaterThan(0);
  });
});

describe('what one party says', () => {
  it('is masked over consecutive utterances, with words between them that say nothing', () => {
    expect(
      maskUtterances([
        'My card?',
        'four one one one',
        'one one one one',
        'uh',
        'one one one one',
        'one one one one. Done.',
        'At nine.',
      ]),
    ).toEqual(['My card?', CARD_LABEL, CARD_LABEL, 'uh', CARD_LABEL, `${CARD_LABEL}. Done.`, 'At nine.']);
    expect(maskUtterances(['It is 4111 1111 1111', '1111, right'])).toEqual([
      `It is ${CARD_LABEL}`,
      `${CARD_LABEL}, right`,
    ]);
  });

  it('is not joined where other words stand between, nor where the same number is said again', () => {
    const apart = [
      ['Number 2025550123 please', '2025550199'],
      ['2025550123', 'I said', '4711'],
      ['202 555 0123', '202 555 0123'],
      ['nine, ten', 'eleven, twelve, one'],
    ];
    for (const texts of apart) expect(maskUtterances(texts)).toEqual(texts);
  });
});

describe('a fact of a call', () => {
  const toolCallId = 'tc_1' as ToolCallId;

  it('is masked in words, arguments, results and summaries', () => {
    const facts: NewCallEvent[] = [
      {
        type: 'caller.spoke',
        data: { itemId: '4111111111111111', text: '4111111111111111', startedAtMs: 1, endedAtMs: 2 },
      },
      {
        type: 'tool.called',
        data: {
          toolCallId,
          providerCallId: 'c',
          name: 'book',
          arguments: {
            notes: 'card 4111 1111 1111 1111',
            card: 4111111111111111,
            list: ['4111111111111111'],
          },
          atMs: 1_795_000_000_000,
        },
      },
      {
        type: 'tool.finished',
        data: {
          toolCallId,
          providerCallId: 'c',
          name: 'book',
          outcome: { status: 'refused', reason: 'no', detail: 'not with 4111111111111111' },
          tookMs: 1,
          atMs: 1,
        },
      },
      {
        type: 'transfer.asked',
        data: { department: 'sales', mode: 'warm', summary: 'pays with 4111111111111111', atMs: 1 },
      },
    ];
    const masked = facts.map(maskEvent);
    expect(JSON.stringify(masked).split('4111')).toHaveLength(2);
    expect(masked[0]?.data).toMatchObject({ itemId: '4111111111111111', text: CARD_LABEL });
  });

  it('masks a number that is cut in two by an interruption', () => {
    const masked = maskEvent({
      type: 'agent.spoke',
      data: {
        itemId: 'a',
        text: 'Your card 4111 1111',
        heardMs: 900,
        generatedMs: 3_000,
        interrupted: true,
        unheard: '1111 1111, is that right?',
        startedAtMs: 0,
        endedAtMs: 900,
      },
    });
    expect(masked.data).toMatchObject({
      text: `Your card ${CARD_LABEL}`,
      unheard: `${CARD_LABEL}, is that right?`,
    });
  });

  it('keeps instants, times and ids of a result', () => {
    const value = {
      start: '2026-12-07T11:00:00-05:00',
      at: 1_795_000_000_000,
      id: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01',
      reference: 'K48213',
      phone: '+4915123456789',
      count: 3,
      share: 0.1234567890123456,
    };
    expect(maskJson(value)).toEqual(value);
  });
});
