import { afterAll, describe, expect, it } from '@jest/globals';
import { LanguageDetection } from './language-detection.ts';

const SPOKEN = ['en', 'es', 'de', 'fr'];
const detection = new LanguageDetection();

afterAll(() => detection.onApplicationShutdown());

describe('the language of what a caller said', () => {
  it.each([
    ['I need a plumber for tomorrow morning, please.', 'en'],
    ['Necesito un fontanero para mañana por la mañana.', 'es'],
    ['Ich brauche morgen früh einen Klempner.', 'de'],
    ['J’ai besoin d’un plombier demain matin.', 'fr'],
    ['¿Puede usted decirme el precio de la visita?', 'es'],
    ['Können Sie mir sagen, was das kostet?', 'de'],
  ])('%s', async (text, language) => {
    expect(await detection.detect(text, SPOKEN)).toBe(language);
  });

  it.each(['', '12345', '…', 'ok'])('%j is of no certain language', async (text) => {
    expect(await detection.detect(text, SPOKEN)).toBeNull();
  });

  it('is one the agent speaks, or none', async () => {
    expect(await detection.detect('Ich brauche morgen früh einen Klempner.', ['en', 'es'])).not.toBe('de');
  });
});
