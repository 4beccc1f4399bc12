import { PCM16_16K, PCM16_8K } from '@tandem/contracts';
import { describeVoiceModel } from '@tandem/conversation/conformance';
import { GuidedFarSide } from './testing/guided-far-side.ts';

describeVoiceModel('the guided engine', () => new GuidedFarSide());

for (const format of [PCM16_8K, PCM16_16K])
  describeVoiceModel(
    `the guided engine on a linear stream of ${format.rateHz} Hz`,
    () => new GuidedFarSide(format),
    format,
  );
