import { describe, expect, it } from '@jest/globals';
import { signedHeaders } from './signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const at = new Date(1_614_265_330_000);

describe('the signature of a webhook', () => {
  it('is the one of the example in the Standard Webhooks specification', () => {
    expect(signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}', [SECRET])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with each secret during rotation', () => {
    const [newest, previous] = (
      signedHeaders('evt_1', at, '{}', [SECRET, `whsec_${Buffer.alloc(32, 7).toString('base64')}`])[
        'webhook-signature'
      ] ?? ''
    ).split(' ');
    expect([newest, previous].map((signature) => signature?.slice(0, 3))).toEqual(['v1,', 'v1,']);
    expect(newest).not.toBe(previous);
  });
});
