import type { AgentTexts } from './behaviour.ts';

const EMPTY = { greeting: '', greetingKnown: '', notice: '', instructions: '' };

/** Built-in texts, used where an agent has none of its own, by ISO 639 language. */
export const DEFAULT_TEXTS: Readonly<Record<string, AgentTexts>> = {
  en: {
    ...EMPTY,
    idlePrompt: 'Are you still there?',
    idleGoodbye: 'I cannot hear you, so I will end the call now. Please call again any time. Goodbye.',
    fillers: ['One moment, please.', 'Let me look.', 'Just a second.'],
    timeGoodbye: 'I am sorry, our time is up. Thank you for calling. Goodbye.',
    bridge: 'Sorry, the line was gone for a moment.',
    apology:
      'I am sorry, I have a technical problem and cannot go on. Please call us again in a moment. Goodbye.',
    transferring: 'I will put you through. One moment, please.',
    transferFailed: 'I am sorry, nobody could take the call just now.',
    secureDigits:
      'Please type the number on your keypad and end with the hash key. I cannot hear or see what you type.',
    backchannels: [
      'mhm',
      'mm-hmm',
      'uh-huh',
      'mm',
      'hmm',
      'yeah',
      'yes',
      'yep',
      'ok',
      'okay',
      'right',
      'sure',
      'i see',
      'aha',
      'ah',
    ],
  },
  de: {
    ...EMPTY,
    idlePrompt: 'Sind Sie noch da?',
    idleGoodbye:
      'Ich kann Sie nicht hören und beende jetzt den Anruf. Rufen Sie gern wieder an. Auf Wiederhören.',
    fillers: ['Einen Moment, bitte.', 'Ich sehe nach.', 'Eine Sekunde.'],
    timeGoodbye: 'Es tut mir leid, unsere Zeit ist um. Danke für Ihren Anruf. Auf Wiederhören.',
    bridge: 'Entschuldigung, die Leitung war kurz weg.',
    apology:
      'Es tut mir leid, ich habe ein technisches Problem und kann nicht fortfahren. Bitte rufen Sie ' +
      'gleich noch einmal an. Auf Wiederhören.',
    transferring: 'Ich verbinde Sie. Einen Moment, bitte.',
    transferFailed: 'Es tut mir leid, gerade konnte niemand den Anruf annehmen.',
    secureDigits:
      'Bitte tippen Sie die Nummer ein und schließen Sie mit der Rautetaste ab. Ich höre und sehe ' +
      'nicht, was Sie tippen.',
    backchannels: ['mhm', 'hm', 'ja', 'ok', 'okay', 'genau', 'aha', 'ach so', 'verstehe', 'gut'],
  },
  es: {
    ...EMPTY,
    idlePrompt: '¿Sigue ahí?',
    idleGoodbye: 'No le oigo, así que termino la llamada. Llame de nuevo cuando quiera. Adiós.',
    fillers: ['Un momento, por favor.', 'Déjeme ver.', 'Un segundo.'],
    timeGoodbye: 'Lo siento, se nos acabó el tiempo. Gracias por llamar. Adiós.',
    bridge: 'Perdone, la línea se cortó un momento.',
    apology:
      'Lo siento, tengo un problema técnico y no puedo seguir. Llame de nuevo en un momento, por favor. ' +
      'Adiós.',
    transferring: 'Le paso la llamada. Un momento, por favor.',
    transferFailed: 'Lo siento, ahora nadie pudo atender la llamada.',
    secureDigits:
      'Teclee el número y termine con la almohadilla, por favor. No puedo oír ni ver lo que teclea.',
    backchannels: ['mhm', 'ajá', 'sí', 'ok', 'vale', 'claro', 'ya', 'bueno'],
  },
  fr: {
    ...EMPTY,
    idlePrompt: 'Êtes-vous toujours là ?',
    idleGoodbye: 'Je ne vous entends pas, je mets donc fin à l’appel. Rappelez quand vous voulez. Au revoir.',
    fillers: ['Un instant, s’il vous plaît.', 'Je regarde.', 'Une seconde.'],
    timeGoodbye: 'Je suis désolée, notre temps est écoulé. Merci de votre appel. Au revoir.',
    bridge: 'Pardon, la ligne a coupé un instant.',
    apology:
      'Je suis désolée, j’ai un problème technique et je ne peux pas continuer. Rappelez dans un ' +
      'instant, s’il vous plaît. Au revoir.',
    transferring: 'Je vous passe un collègue. Un instant, s’il vous plaît.',
    transferFailed: 'Je suis désolée, personne n’a pu prendre l’appel.',
    secureDigits:
      'Tapez le numéro sur le clavier et terminez par dièse, s’il vous plaît. Je n’entends ni ne vois ' +
      'ce que vous tapez.',
    backchannels: ['mhm', 'oui', 'ok', 'd’accord', 'ouais', 'je vois', 'ah'],
  },
};

/** Returns whether a text contains anything that can be spoken: blanks and dots are silence. */
export const isSpeakable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/** Returns the language without its region: `pt` for `pt-BR`. */
export function baseLanguage(language: string): string {
  return language.split('-')[0]?.toLowerCase() ?? 'en';
}
