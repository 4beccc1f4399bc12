import { PCM16_16K, PCM16_8K } from '@tandem/contracts';
import { describeVoiceModel } from '@tandem/conversation/conformance';
import { RealtimeFarSide } from './testing/realtime-far-side.ts';

describeVoiceModel('OpenAI Realtime', () => new RealtimeFarSide());

for (const format of [PCM16_8K, PCM16_16K])
  describeVoiceModel(
    `OpenAI Realtime on a linear stream of ${format.rateHz} Hz`,
    () => new RealtimeFarSide(format),
    format,
  );
