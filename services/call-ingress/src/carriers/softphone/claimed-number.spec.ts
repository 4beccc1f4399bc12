import { describe, expect, it } from '@jest/globals';
import { ringingCall } from '../asterisk/requests/asterisk-forms.ts';
import { ringingSoftphone } from './softphone-calls.dto.ts';

describe('the number of a caller', () => {
  it('is never taken for theirs when a page names it', () => {
    expect(ringingSoftphone({ carrierCallId: 'b1', from: '+12025550123', to: '+12025550100' })).toMatchObject(
      { from: '+12025550123', attestation: null, isNumberClaimed: true },
    );
  });

  it('of a PBX is as good as its trunk, and its codec names the rate', () => {
    const form = { from: '+12025550123', to: '+12025550100', uniqueid: '1.2', pbx: '', codec: 'slin16' };
    const call = ringingCall({ ...form, progress: { silentHolds: 0, unverifiedHolds: 0 } });
    expect(call).toMatchObject({ audioRateHz: 16_000 });
    expect(call.isNumberClaimed).toBeUndefined();
  });
});
