import { describe, expect, it } from '@jest/globals';
import { agentSnapshotSchema, textsOf, type AgentSnapshotInput } from '@tandem/contracts';
import { snapshotAgent, preConnectNotice } from './snapshot-agent.ts';
import { refusalMessage } from '../announcements/announcements.ts';

const agent = (change: Partial<AgentSnapshotInput> = {}) =>
  agentSnapshotSchema.parse({
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentVersion: 1,
    tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    instructions: 'Be kind.',
    greeting: 'Hello.',
    notice: 'This call is recorded.',
    texts: { es: { greeting: 'Hola.', greetingKnown: 'Hola, {{caller.name}}.' } },
    model: { kind: 'guided' },
    ...change,
  });
const vip = { key: 'primary', greeting: 'Welcome back, {{caller.name}}.', isAllowed: false };

describe('the agent snapshot of a call', () => {
  it('greets a group with its own greeting in the language of the call', () => {
    const snapshot = snapshotAgent(agent(), null, vip, 'es-MX');
    expect(textsOf(snapshot, 'es-MX')).toMatchObject({ greeting: vip.greeting, greetingKnown: vip.greeting });
    expect(textsOf(snapshot, 'en-US').greeting).toBe('Hello.');
  });

  it('prefers the group’s greeting to that of an experiment arm', () => {
    const arm = { key: 'short', weight: 1, greeting: 'Hi.', instructions: 'Be brief.' };
    expect(snapshotAgent(agent(), arm, vip, 'en-US')).toMatchObject({
      variantKey: 'short',
      instructions: 'Be brief.',
    });
    expect(textsOf(snapshotAgent(agent(), arm, vip, 'en-US'), 'en-US').greeting).toBe(vip.greeting);
    expect(textsOf(snapshotAgent(agent(), arm, { ...vip, greeting: '' }, 'en-US'), 'en-US').greeting).toBe(
      'Hi.',
    );
  });

  it('is the published agent without group and arm', () => {
    expect(snapshotAgent(agent(), null, null, 'en-US')).toEqual(agent());
  });
});

describe('the notice before a call', () => {
  it('is in the language of the call, else in the agent’s own', () => {
    const translated = agent({ texts: { es: { notice: 'Esta llamada se graba.' } } });
    expect(preConnectNotice(translated, 'es-ES')).toEqual({
      text: 'Esta llamada se graba.',
      language: 'es-ES',
    });
    expect(preConnectNotice(translated, 'fr-FR')).toEqual({
      text: 'This call is recorded.',
      language: 'en-US',
    });
    expect(preConnectNotice(agent({ notice: '' }), 'fr-FR')).toBeNull();
  });
});

describe('a refusal', () => {
  it('is in the language of the call if we have it, else in English', () => {
    expect(refusalMessage('closed', 'Northwind', 'es-MX')).toEqual({
      text:
        'Gracias por llamar a Northwind. En este momento estamos cerrados. Llame de nuevo en nuestro ' +
        'horario de atención, por favor. Adiós.',
      language: 'es-MX',
    });
    expect(refusalMessage('caller-blocked', 'Northwind', 'ja-JP')).toEqual({
      text: 'Thank you for calling Northwind. This number cannot take your call. Goodbye.',
      language: 'en-US',
    });
  });

  it('names no company for an unknown number', () => {
    expect(refusalMessage('unknown-number', '', 'en-US').text).toMatch(/^Hello\. The number/);
  });
});
