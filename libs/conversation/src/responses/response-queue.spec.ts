import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SpeakRequest } from '../ports/voice-model.ts';
import { ResponseQueue } from './response-queue.ts';

const REPLY: SpeakRequest = { kind: 'reply' };
const say = (text: string): SpeakRequest => ({ kind: 'say', text });

describe('the queue of responses', () => {
  let started: string[];
  let queue: ResponseQueue;

  beforeEach(() => {
    started = [];
    queue = new ResponseQueue((request) =>
      started.push(request.kind === 'say' ? request.text : request.kind),
    );
  });

  it('starts a request at once when no response is under way', () => {
    queue.add(REPLY);
    expect(started).toEqual(['reply']);
  });

  it('starts one response at a time, in the order of the requests', () => {
    for (const text of ['one', 'two', 'three']) queue.add(say(text));
    expect(started).toEqual(['one']);
    queue.release();
    queue.release();
    expect(started).toEqual(['one', 'two', 'three']);
    queue.release();
    expect(started).toHaveLength(3);
  });

  it('makes one of replies that wait behind one another, and keeps a reply behind words', () => {
    for (const request of [REPLY, REPLY, REPLY, say('words'), REPLY]) queue.add(request);
    for (let times = 0; times < 4; times += 1) queue.release();
    expect(started).toEqual(['reply', 'reply', 'words', 'reply']);
  });

  it('drops and counts what comes above its bound', () => {
    for (let count = 0; count < 12; count += 1) queue.add(say(String(count)));
    expect(queue.droppedRequests).toBe(3);
    for (let times = 0; times < 12; times += 1) queue.release();
    expect(started).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  });

  it('forgets the waiting replies alone, or all that waits', () => {
    queue.occupy();
    for (const request of [REPLY, say('words'), REPLY]) queue.add(request);
    queue.dropReplies();
    queue.release();
    queue.release();
    expect(started).toEqual(['words']);
    queue.occupy();
    queue.add(say('more'));
    queue.clear();
    queue.release();
    expect(started).toEqual(['words']);
  });

  it('starts a request that was put back before the others', () => {
    queue.occupy();
    queue.add(REPLY);
    queue.putBack(say('words'));
    expect(started).toEqual([]);
    queue.release();
    expect(started).toEqual(['words']);
  });
});
