/** `{company}` is empty for a number without an owner; `{position}` counts from 1. */
export type Sentences = Readonly<
  Record<
    | 'thanks'
    | 'not-in-service'
    | 'closed'
    | 'busy'
    | 'not-you'
    | 'trouble'
    | 'hold'
    | 'position'
    | 'next'
    | 'offer'
    | 'callback'
    | 'moment',
    string
  >
>;

/** By language (ISO 639). */
export const SENTENCES: Readonly<Record<string, Sentences> & { en: Sentences }> = {
  en: {
    thanks: 'Thank you for calling {company}.',
    'not-in-service':
      'Hello. The number you have dialled is not in service. Please check the number and try again. Goodbye.',
    closed: 'We are closed at the moment. Please call again during our opening hours. Goodbye.',
    busy:
      'All our lines are busy right now. We are sorry for that. Please try again in a few minutes. ' +
      'Goodbye.',
    'not-you': 'This number cannot take your call. Goodbye.',
    trouble:
      'We cannot take your call right now because of a technical problem. We are sorry for that. Please ' +
      'try again later. Goodbye.',
    hold: 'All our lines are busy right now. Please hold the line.',
    position: 'You are number {position} in line.',
    next: 'You are next in line.',
    offer: 'If you would like us to call you back instead, press 1.',
    callback: 'We will call you back at the number you are calling from. Goodbye.',
    moment: 'One moment, please.',
  },
  de: {
    thanks: 'Danke für Ihren Anruf bei {company}.',
    'not-in-service':
      'Guten Tag. Die gewählte Nummer ist nicht vergeben. Bitte prüfen Sie die Nummer und versuchen Sie ' +
      'es noch einmal. Auf Wiederhören.',
    closed:
      'Wir haben gerade geschlossen. Bitte rufen Sie während unserer Öffnungszeiten wieder an. Auf ' +
      'Wiederhören.',
    busy:
      'Alle unsere Leitungen sind gerade belegt. Das tut uns leid. Bitte versuchen Sie es in ein paar ' +
      'Minuten noch einmal. Auf Wiederhören.',
    'not-you': 'Diese Nummer kann Ihren Anruf nicht annehmen. Auf Wiederhören.',
    trouble:
      'Wir können Ihren Anruf wegen einer technischen Störung gerade nicht annehmen. Das tut uns leid. ' +
      'Bitte versuchen Sie es später noch einmal. Auf Wiederhören.',
    hold: 'Alle unsere Leitungen sind gerade belegt. Bitte bleiben Sie am Apparat.',
    position: 'Sie sind Nummer {position} in der Warteschlange.',
    next: 'Sie sind als Nächstes an der Reihe.',
    offer: 'Wenn wir Sie stattdessen zurückrufen sollen, drücken Sie die 1.',
    callback: 'Wir rufen Sie unter der Nummer zurück, von der Sie anrufen. Auf Wiederhören.',
    moment: 'Einen Moment bitte.',
  },
  es: {
    thanks: 'Gracias por llamar a {company}.',
    'not-in-service':
      'Hola. El número que ha marcado no está en servicio. Compruebe el número e inténtelo de nuevo, ' +
      'por favor. Adiós.',
    closed:
      'En este momento estamos cerrados. Llame de nuevo en nuestro horario de atención, por favor. Adiós.',
    busy:
      'Todas nuestras líneas están ocupadas. Lo sentimos. Inténtelo de nuevo en unos minutos, por favor. ' +
      'Adiós.',
    'not-you': 'Este número no puede atender su llamada. Adiós.',
    trouble:
      'Ahora no podemos atender su llamada por un problema técnico. Lo sentimos. Inténtelo de nuevo más ' +
      'tarde, por favor. Adiós.',
    hold: 'Todas nuestras líneas están ocupadas. No cuelgue, por favor.',
    position: 'Ocupa usted el puesto número {position} en la cola.',
    next: 'Será la siguiente llamada que atendamos.',
    offer: 'Si prefiere que le llamemos nosotros, pulse 1.',
    callback: 'Le llamaremos al número desde el que nos llama. Adiós.',
    moment: 'Un momento, por favor.',
  },
  fr: {
    thanks: 'Merci d’avoir appelé {company}.',
    'not-in-service':
      'Bonjour. Le numéro que vous avez composé n’est pas en service. Vérifiez le numéro et réessayez, ' +
      's’il vous plaît. Au revoir.',
    closed:
      'Nous sommes fermés en ce moment. Rappelez pendant nos heures d’ouverture, s’il vous plaît. Au revoir.',
    busy:
      'Toutes nos lignes sont occupées. Nous en sommes désolés. Réessayez dans quelques minutes, s’il ' +
      'vous plaît. Au revoir.',
    'not-you': 'Ce numéro ne peut pas prendre votre appel. Au revoir.',
    trouble:
      'Un problème technique nous empêche de prendre votre appel. Nous en sommes désolés. Réessayez ' +
      'plus tard, s’il vous plaît. Au revoir.',
    hold: 'Toutes nos lignes sont occupées. Restez en ligne, s’il vous plaît.',
    position: 'Vous êtes numéro {position} dans la file d’attente.',
    next: 'Votre appel sera pris en premier.',
    offer: 'Si vous préférez que nous vous rappelions, tapez 1.',
    callback: 'Nous vous rappellerons au numéro depuis lequel vous appelez. Au revoir.',
    moment: 'Un instant, s’il vous plaît.',
  },
};
