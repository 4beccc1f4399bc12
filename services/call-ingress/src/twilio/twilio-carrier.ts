import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord, CarrierCallback, PendingTransfer, RelayStatus } from '@tandem/call-state';
import { farewellTwiml, hangupTwiml, type Spoken } from '@tandem/telephony';
import type { CarrierAdapter } from '../admission/carrier-adapter.ts';
import { StreamOffers } from '../admission/stream-offer.ts';
import { DepartmentDial } from '../transfer/department-dial.ts';
import type { CallbackClaims } from './callback-tokens.ts';
import { TwilioAccounts } from './twilio-accounts.ts';

/** Callers over Twilio: answers are TwiML, running calls are changed over the REST API. */
@Injectable()
export class TwilioCarrier implements CarrierAdapter {
  constructor(
    @Inject(TwilioAccounts) private readonly accounts: TwilioAccounts,
    @Inject(StreamOffers) private readonly offers: StreamOffers,
    @Inject(DepartmentDial) private readonly departments: DepartmentDial,
  ) {}

  get canRedirectLiveCall(): boolean {
    return this.accounts.canChangeCalls;
  }

  toRelay(record: AdmissionRecord, relay: RelayStatus, epoch: number): Promise<string> {
    return this.offers.twiml(record, relay, epoch, null);
  }

  toPerson(
    claims: CallbackClaims,
    question: CarrierCallback,
    record: AdmissionRecord,
    pending: PendingTransfer,
  ): Promise<string | null> {
    return this.departments.answer(claims, question, record, pending);
  }

  farewell(spoken: Spoken): string {
    return farewellTwiml(spoken);
  }

  hangUp(): string {
    return hangupTwiml();
  }

  redirectLiveCall(
    { carrierCallId, carrierAccountId }: AdmissionRecord,
    answer: string,
  ): Promise<'done' | 'gone'> {
    const calls = this.accounts.callsOf(carrierAccountId);
    if (!calls)
      throw new TypeError(
        'A running call cannot be changed without the SID and the auth token of its account: see ' +
          'TWILIO_ACCOUNT_SID and TWILIO_ACCOUNTS.',
      );
    return calls.redirect(carrierCallId, answer);
  }
}
