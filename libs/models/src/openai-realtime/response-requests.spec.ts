import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ResponseId } from '@tandem/contracts';
import { ResponseRequests } from './response-requests.ts';

const OWN = 'resp_own' as ResponseId;
const SERVERS = 'resp_server' as ResponseId;

describe('requests for responses', () => {
  let sent: string[];
  let requests: ResponseRequests;
  const ids: string[] = [];

  beforeEach(() => {
    sent = [];
    ids.length = 0;
    const send = ({ kind }: { kind: string }, requestId: string) => {
      sent.push(kind);
      ids.push(requestId);
    };
    requests = new ResponseRequests(send, () => undefined);
  });

  it('wait as words, not as replies, when the server has started a response of its own', () => {
    requests.add({ kind: 'say', text: 'Sorry, the line was gone for a moment.' });
    requests.add({ kind: 'reply' });
    requests.started(SERVERS, undefined);
    requests.refused(ids[0]!, true);
    requests.done(SERVERS);
    requests.started(OWN, ids[1]);
    requests.done(OWN);
    expect(sent).toEqual(['say', 'say']);
  });

  it('for a reply made while the server responds by itself wait for its end', () => {
    requests.started(SERVERS, undefined);
    requests.add({ kind: 'reply' });
    requests.done(SERVERS);
    expect(sent).toEqual(['reply']);
  });

  it('for a reply stay behind requests for words', () => {
    requests.add({ kind: 'say', text: 'One moment.' });
    requests.add({ kind: 'reply' });
    requests.started(OWN, ids[0]);
    requests.done(OWN);
    expect(sent).toEqual(['say', 'reply']);
  });
});
