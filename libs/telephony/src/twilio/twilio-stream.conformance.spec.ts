import { describeCallerStream } from '../caller-stream.conformance.ts';
import { TwilioFarSide } from './testing/twilio-far-side.ts';

describeCallerStream('Twilio', (line) => new TwilioFarSide(line));
