import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { NO_DISTANCE } from '../../link/link.ts';
import { RealtimeSimulator } from '../realtime-simulator.ts';
import type { SimulatedSession } from '../session/simulated-session.ts';
import { asObject, type JsonObject } from '../wire/json.ts';
import type { RunningAt } from './simulator-options.ts';

let simulator: RealtimeSimulator;
let at: RunningAt;
let client: WebSocket;
let session: SimulatedSession;

beforeEach(async () => {
  simulator = new RealtimeSimulator({
    selfCheck: true,
    link: NO_DISTANCE,
    pace: { firstByteMs: 5, audioRate: 100 },
  });
  at = await simulator.start();
  client = new WebSocket(`${at.url}?model=gpt-realtime-2.1`, { headers: { authorization: 'Bearer k' } });
  client.on('error', () => undefined);
  await once(client, 'open');
  session = await simulator.waitForSession();
});

afterEach(async () => {
  client.terminate();
  await simulator.stop();
});

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown; type: string | null }> {
  const response = await fetch(at.controlUrl + path, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : (JSON.parse(text) as unknown),
    type: response.headers.get('content-type'),
  };
}

function say(event: JsonObject): void {
  client.send(JSON.stringify(event));
}

describe('the control port', () => {
  it('reports health and counters', async () => {
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await ask('GET', '/counters')).body).toEqual({
      behaviour: 'guided',
      openSessions: 1,
      openedSessions: 1,
      refusedHandshakes: {},
      misfits: [],
      brokenPlans: [],
    });
  });

  it('lists sessions by state and by words of their instructions', async () => {
    say({
      type: 'session.update',
      session: { type: 'realtime', instructions: 'You answer for Salon Rosa.' },
    });
    await session.waitFor((event) => event.type === 'session.updated');
    const listed = {
      id: session.id,
      number: 1,
      kind: 'realtime',
      model: 'gpt-realtime-2.1',
      isOpen: true,
      end: null,
    };
    expect((await ask('GET', '/sessions')).body).toMatchObject([listed]);
    expect((await ask('GET', '/sessions?state=open&contains=Salon%20Rosa')).body).toMatchObject([listed]);
    expect((await ask('GET', '/sessions?contains=Garage')).body).toEqual([]);
    expect((await ask('GET', '/sessions?state=closed')).body).toEqual([]);
  });

  it('shows a session, its events and its audio', async () => {
    say({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: null } } },
    });
    say({ type: 'input_audio_buffer.append', audio: Buffer.alloc(9600, 7).toString('base64') });
    say({ type: 'input_audio_buffer.commit' });
    await session.waitFor((event) => event.type === 'conversation.item.done');
    const details = asObject((await ask('GET', `/sessions/${session.id}`)).body);
    expect(details).toMatchObject({
      id: session.id,
      items: [{ role: 'user' }],
      seededItems: [],
      counters: { appends: 1 },
      config: { type: 'realtime' },
    });
    const events = (await ask('GET', `/sessions/${session.id}/events?type=input_audio_buffer.committed`))
      .body;
    expect(events).toMatchObject([
      { direction: 'out', index: 5, event: { type: 'input_audio_buffer.committed' } },
    ]);
    expect((await ask('GET', `/sessions/${session.id}/events?from=6`)).body).toHaveLength(2);
    const audio = await fetch(`${at.controlUrl}/sessions/${session.id}/audio/in`);
    expect(Buffer.from(await audio.arrayBuffer())).toEqual(Buffer.alloc(9600, 7));
  });

  it('switches faults on and off', async () => {
    const added = await ask('POST', '/faults', { kind: 'error-event', error: 'server_error', times: 1 });
    expect(added).toMatchObject({ status: 201, body: { id: 'fault_1' } });
    await session.waitFor((event) => event.type === 'error');
    expect((await ask('GET', '/faults')).body).toEqual([]);
    await ask('POST', '/faults', { kind: 'refuse', status: 503 });
    expect((await ask('GET', '/faults')).body).toEqual([
      { id: 'fault_2', spec: { kind: 'refuse', status: 503 }, struck: 0 },
    ]);
    expect((await ask('DELETE', '/faults/fault_2')).status).toBe(204);
    expect((await ask('DELETE', '/faults/fault_2')).status).toBe(404);
    await ask('POST', '/faults', { kind: 'refuse', status: 503 });
    expect((await ask('DELETE', '/faults')).status).toBe(204);
    expect(simulator.faults.list()).toEqual([]);
  });

  it("sets callers' words, for one session and for future ones", async () => {
    expect((await ask('POST', `/sessions/${session.id}/lines`, { lines: ['Hello.'] })).status).toBe(204);
    expect((await ask('POST', '/lines', { lines: ['For all.'], contains: 'Rosa' })).status).toBe(204);
    say({
      type: 'session.update',
      session: {
        type: 'realtime',
        audio: { input: { turn_detection: null, transcription: { model: 'whisper-1' } } },
      },
    });
    say({ type: 'input_audio_buffer.append', audio: Buffer.alloc(9600).toString('base64') });
    say({ type: 'input_audio_buffer.commit' });
    const written = await session.waitFor(
      (event) => event.type === 'conversation.item.input_audio_transcription.completed',
    );
    expect(written.event['transcript']).toBe('Hello.');
  });

  it('changes the behaviour of future sessions', async () => {
    expect((await ask('PUT', '/behaviour', { kind: 'tone', toneMs: 200 })).status).toBe(204);
    expect((await ask('GET', '/counters')).body).toMatchObject({ behaviour: 'tone' });
  });

  it('closes a session and forgets it on reset', async () => {
    const closed = once(client, 'close');
    expect(
      (await ask('POST', `/sessions/${session.id}/close`, { code: 1012, reason: 'restart' })).status,
    ).toBe(204);
    expect((await closed)[0]).toBe(1012);
    await ask('POST', '/faults', { kind: 'refuse', status: 503 });
    expect((await ask('POST', '/reset')).status).toBe(204);
    expect((await ask('GET', '/sessions')).body).toEqual([]);
    expect((await ask('GET', '/faults')).body).toEqual([]);
  });

  it.each([
    ['an unknown path', 'GET', '/nope', undefined, 404, 'There is no /nope'],
    ['an unknown session', 'GET', '/sessions/sess_0', undefined, 404, 'No session sess_0'],
    ['the wrong method', 'PUT', '/faults', undefined, 405, '/faults takes GET, POST, DELETE.'],
    ['a body that is no JSON', 'POST', '/faults', '{', 400, 'The body is not JSON.'],
    ['a fault that is none', 'POST', '/faults', { kind: 'explode' }, 422, 'kind must be one of'],
    ['a behaviour that is none', 'PUT', '/behaviour', { kind: 'scripted' }, 422, 'turns'],
    ['lines that are none', 'POST', '/lines', { lines: [1] }, 422, 'lines must be a list'],
    ['a body above 1 MiB', 'POST', '/lines', 'x'.repeat(1024 * 1024 + 1), 413, 'A body may have'],
  ])('refuses %s and says why', async (_, method, path, body, status, detail) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status } });
    expect(asObject(answer.body)['detail']).toContain(detail);
  });
});
