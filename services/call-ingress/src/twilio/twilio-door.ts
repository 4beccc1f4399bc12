import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord, MoveQuestion, PendingTransfer, RelaySighting } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { farewellTwiml, hangupTwiml, TwilioCalls, type Spoken } from '@tandem/telephony';
import type { LegDoor } from '../admission/leg-door.ts';
import { StreamOffers } from '../admission/stream-offer.ts';
import { DepartmentDial } from '../transfer/department-dial.ts';
import type { CallbackClaims } from './callback-tokens.ts';

/** Callers over Twilio: answers are TwiML, running calls are changed over the REST API. */
@Injectable()
export class TwilioDoor implements LegDoor {
  private readonly calls: TwilioCalls | null;

  constructor(
    @Inject(CONFIG) { twilioAccountSid: accountSid, twilioAuthTokens = [], twilioApiUrl }: Partial<Pick<ServiceConfig<'call-ingress'>, 'twilioAccountSid' | 'twilioAuthTokens' | 'twilioApiUrl'>>,
    @Inject(StreamOffers) private readonly offers: StreamOffers,
    @Inject(DepartmentDial) private readonly departments: DepartmentDial,
  ) {
    const [authToken] = twilioAuthTokens;
    this.calls = accountSid && authToken ? new TwilioCalls({ accountSid, authToken, ...(twilioApiUrl ? { baseUrl: twilioApiUrl } : {}) }) : null;
  }

  get canPullOver(): boolean {
    return this.calls !== null;
  }

  toRelay(record: AdmissionRecord, relay: RelaySighting, epoch: number): Promise<string> {
    return this.offers.twiml(record, relay, epoch, null);
  }

  toPerson(claims: CallbackClaims, question: MoveQuestion, record: AdmissionRecord, pending: PendingTransfer): Promise<string | null> {
    return this.departments.answer(claims, question, record, pending);
  }

  farewell(spoken: Spoken): string {
    return farewellTwiml(spoken);
  }

  hangUp(): string {
    return hangupTwiml();
  }

  pullOver({ carrierCallId }: AdmissionRecord, answer: string): Promise<'done' | 'gone'> {
    if (!this.calls) throw new TypeError('Running calls cannot be changed without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.');
    return this.calls.redirect(carrierCallId, answer);
  }
}
