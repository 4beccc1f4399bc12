import { describe, expect, it } from '@jest/globals';
import { readFiles } from './sources.ts';

const sources = readFiles(['.ts']);

/** Returns the lines that name a vendor, in code that works with every vendor. */
const named = (vendor: RegExp, inside: RegExp, outside: RegExp): string[] =>
  sources
    .filter(({ path }) => inside.test(path) && !outside.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line) => (vendor.test(line) ? [`${path}: ${line.trim()}`] : [])),
    );

describe('names of vendors', () => {
  it.each([
    [
      'call-ingress',
      /^services\/call-ingress\/src\//,
      /\/carriers\/twilio\/|\/carriers\/\w+\/test\/|\/call-ingress\.module\.ts$/,
    ],
    ['media-relay', /^services\/media-relay\/src\//, /\/ingress\/|\/media-relay\.module\.ts$/],
  ])('of a carrier stand in %s beside its own parts only where those are wired', (_name, inside, outside) => {
    expect(named(/twilio|twiml/i, inside, outside)).toEqual([]);
  });

  it('of CRMs stand in their own folders, and where the kinds of CRM are wired', () => {
    const inside = /^libs\/|^services\//;
    const folders = /\/crm\/(hubspot|salesforce|test)\//;
    const wiring = /\/crm-(kinds|adapters)\.ts$|\/contracts\/src\/index\.ts$/;
    const outside = new RegExp([folders, wiring, /\.spec\.ts$/].map(({ source }) => source).join('|'));
    expect(named(/hubspot|salesforce/i, inside, outside)).toEqual([]);
  });

  it('of models stand neither in the conversation nor in call state', () => {
    expect(named(/openai/i, /^libs\/(conversation|call-state)\//, /^$/)).toEqual([]);
  });
});
