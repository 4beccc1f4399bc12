import { describe, expect, it } from '@jest/globals';
import { detectLanguage } from './language-detector.ts';

const SPOKEN = ['en', 'es', 'de', 'fr'];

describe('the language of what a caller said', () => {
  it.each([
    ['I need a plumber for tomorrow morning, please.', 'en'],
    ['Necesito un fontanero para mañana por la mañana.', 'es'],
    ['Ich brauche morgen früh einen Klempner.', 'de'],
    ['J’ai besoin d’un plombier demain matin.', 'fr'],
    ['¿Puede usted decirme el precio de la visita?', 'es'],
    ['Können Sie mir sagen, was das kostet?', 'de'],
  ])('%s', (text, language) => {
    expect(detectLanguage(text, SPOKEN)).toBe(language);
  });

  it.each(['', '12345', '…', 'ok'])('%j is nobody’s for certain', (text) => {
    expect(detectLanguage(text, SPOKEN)).toBeNull();
  });

  it('is only ever one the agent speaks', () => {
    expect(detectLanguage('Ich brauche morgen früh einen Klempner.', ['en', 'es'])).not.toBe('de');
  });
});
