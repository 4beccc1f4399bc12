import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ResponseId } from '@tandem/contracts';
import { ResponseQueue } from './response-queue.ts';

const OWN = 'resp_own' as ResponseId;
const SERVERS = 'resp_server' as ResponseId;

describe('requests for responses', () => {
  let sent: string[];
  let queue: ResponseQueue;
  const ids: string[] = [];

  beforeEach(() => {
    sent = [];
    ids.length = 0;
    const send = ({ kind }: { kind: string }, requestId: string) => {
      sent.push(kind);
      ids.push(requestId);
    };
    queue = new ResponseQueue(send, () => undefined);
  });

  it('behind words that the server answered before are not asked for again', () => {
    queue.add({ kind: 'say', text: 'Sorry, the line was gone for a moment.' });
    queue.add({ kind: 'reply' });
    queue.started(SERVERS, undefined);
    queue.refused(ids[0]!, true);
    queue.done(SERVERS);
    queue.started(OWN, ids[1]);
    queue.done(OWN);
    expect(sent).toEqual(['say', 'say']);
  });

  it('for a reply that are made while the server responds by itself wait for their turn', () => {
    queue.started(SERVERS, undefined);
    queue.add({ kind: 'reply' });
    queue.done(SERVERS);
    expect(sent).toEqual(['reply']);
  });

  it('for a reply stay behind words of ours', () => {
    queue.add({ kind: 'say', text: 'One moment.' });
    queue.add({ kind: 'reply' });
    queue.started(OWN, ids[0]);
    queue.done(OWN);
    expect(sent).toEqual(['say', 'reply']);
  });
});
