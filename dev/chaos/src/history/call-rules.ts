import { finishedTurns, type CallStory } from './call-story.ts';

type Rule = (story: CallStory) => string[];

/** The rules that hold for every single call under every fault; each returns what broke it. */
export const CALL_RULES = {
  /** Each new owner has a higher epoch; no event of an older owner follows one of a newer owner. */
  'one-owner': ({ log }: CallStory) => {
    const owned = log?.events.filter(({ epoch }) => epoch > 0) ?? [];
    return owned.flatMap(({ epoch, type }, index) =>
      index > 0 && epoch < (owned[index - 1]?.epoch ?? 0)
        ? [`${type} of epoch ${epoch} came after epoch ${owned[index - 1]?.epoch}`]
        : [],
    );
  },
  /** The owners' events are numbered without a gap and without a repeat, over all of them. */
  'log-gapless': ({ log }: CallStory) => {
    const numbers = log?.events.filter(({ epoch }) => epoch > 0).map(({ seq }) => seq) ?? [];
    const wrong = numbers.findIndex((seq, index) => seq !== index + 1);
    return wrong < 0 ? [] : [`event ${numbers[wrong]} in the place of ${wrong + 1}, of ${numbers.length}`];
  },
  /** A turn whose answer was heard to the end is stored, with the words of both sides. */
  'turn-kept': (story: CallStory) => {
    const words = finishedTurns(story, story.ended?.at).flatMap(({ text, answer }) => [text, answer]);
    return words
      .filter((text) => !story.row?.utterances.some((row) => row.text === text))
      .map((text) => `not recorded: "${text}"`);
  },
  /** Nothing is recorded twice: no words of the caller, no answer that was heard to the end. */
  'turn-once': ({ row }: CallStory) => {
    const words =
      row?.utterances
        .filter(
          ({ speaker, interrupted, text }) =>
            (speaker === 'caller' || !interrupted) && text.includes(' turn '),
        )
        .map(({ text }) => text) ?? [];
    return [...new Set(words.filter((text, index) => words.indexOf(text) !== index))].map(
      (text) => `recorded more than once: "${text}"`,
    );
  },
  /** The caller's recorded words were said by the caller, in that order. */
  'turn-order': ({ row, said }: CallStory) => {
    const order = new Map(said.map(({ text }, index) => [text, index]));
    const places =
      row?.utterances
        .filter(({ speaker, text }) => speaker === 'caller' && order.has(text))
        .map(({ text }) => order.get(text) ?? 0) ?? [];
    return places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0))
      ? ['words of the caller are recorded in another order']
      : [];
  },
  /** A model that takes a conversation over gets every finished turn, once. */
  'model-knows': (story: CallStory) =>
    story.sessions.slice(1).flatMap(({ session, openedAt, seeded }) => {
      const texts = seeded.map(({ text }) => text);
      const missing = finishedTurns(story, openedAt)
        .flatMap(({ text, answer }) => [text, answer])
        .filter((text) => !texts.includes(text));
      const doubled = [
        ...new Set(texts.filter((text, index) => text.includes(' turn ') && texts.indexOf(text) !== index)),
      ];
      return [
        ...missing.map((text) => `${session} was not given "${text}"`),
        ...doubled.map((text) => `${session} was given twice "${text}"`),
      ];
    }),
  /** The strict provider had nothing to refuse. */
  'model-served': ({ sessions }: CallStory) =>
    sessions.flatMap(({ session, refusals }) =>
      Object.entries(refusals).map(([code, count]) => `${session} refused ${count} events: ${code}`),
    ),
  /** Every answered call is stored. */
  'call-recorded': ({ log, row, streams, ended }: CallStory) =>
    ended && streams.some(({ openedAt }) => openedAt !== null) && (!log || !row)
      ? ['no record of the call']
      : [],
  /** A tool call is answered once. */
  'one-outcome': ({ log }: CallStory) => {
    const finished =
      log?.events.flatMap(({ type, toolCallId }) =>
        type === 'tool.finished' && toolCallId ? [toolCallId] : [],
      ) ?? [];
    return [...new Set(finished.filter((id, index) => finished.indexOf(id) !== index))].map(
      (id) => `tool call ${id} has more than one outcome`,
    );
  },
} satisfies Readonly<Record<string, Rule>>;
