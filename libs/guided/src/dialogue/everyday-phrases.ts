import { inOrder, maybe, oneOf } from './phrase.ts';

/* Phrases of any talk, for the grammars of all steps: courtesies, wishes, consent and commands. */

export const please = maybe('please');
export const hello = maybe('hello');
export const wish = oneOf('i need', 'i want', "i'd like", 'i would like', 'i have', 'we have', 'can i have');
export const want = oneOf("i'd like to", 'i would like to', 'i want to', 'i need to', 'can i');

export const command = oneOf(
  oneOf('repeat that', 'say that again', 'can you repeat that', 'could you say that again', 'pardon'),
  oneOf('help', 'what can i say'),
  inOrder(
    maybe('i want to', 'can i'),
    oneOf('speak to', 'talk to'),
    oneOf('a person', 'a human', 'someone', 'an operator'),
  ),
  'operator',
  oneOf('start over', 'start again'),
  oneOf('goodbye', 'hang up', 'cancel that'),
);

const agreement = oneOf("that's right", 'that works', "that's fine", 'correct', 'book it', 'go ahead');
export const yes = oneOf(
  inOrder(oneOf('yes', 'yeah', 'okay', 'sure'), maybe('please', agreement)),
  agreement,
  'sounds good',
  'perfect',
  'please do',
);
export const no = oneOf('no', 'no thank you', "no that's wrong", "that's wrong", "that's not right");
