import { describeCallerStream } from '../caller-stream.conformance.ts';
import { SoftphoneFarSide } from './testing/softphone-far-side.ts';

describeCallerStream(
  'the softphone, µ-law at 8 kHz',
  (line) => new SoftphoneFarSide({ encoding: 'pcmu', rateHz: 8000 }, line),
);
describeCallerStream(
  'the softphone, PCM at 16 kHz',
  (line) => new SoftphoneFarSide({ encoding: 'pcm16', rateHz: 16000 }, line),
);
