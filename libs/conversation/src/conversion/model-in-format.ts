import { sameFormat, type AudioFormat } from '@tandem/contracts';
import { FrameConverter } from '../audio/frame-converter.ts';
import type { VoiceModel, VoiceModelSession } from '../ports/voice-model.ts';
import { ConvertedInput } from './converted-input.ts';
import { ConvertedOutput } from './converted-output.ts';
import { leastLossy } from './model-formats.ts';

/**
 * Returns a model that hears and speaks in a caller stream's format: the model itself where it offers that,
 * so that frames pass untouched; else one that converts, in the direction that needs it. Positions in ms are
 * the same on both sides. A model that offers no format at all is returned as it is.
 */
export function modelInFormat(model: VoiceModel, format: AudioFormat): VoiceModel {
  const inputFormat = leastLossy(format, model.capabilities.inputFormats);
  const outputFormat = leastLossy(format, model.capabilities.outputFormats);
  if (!inputFormat || !outputFormat) return model;
  const convertsInput = !sameFormat(format, inputFormat);
  const convertsOutput = !sameFormat(format, outputFormat);
  if (!convertsInput && !convertsOutput) return model;
  return {
    provider: model.provider,
    capabilities: { ...model.capabilities, inputFormats: [format], outputFormats: [format] },
    open: (setup, listener): VoiceModelSession => {
      const session = model.open(
        { ...setup, inputFormat, outputFormat },
        convertsOutput
          ? new ConvertedOutput(listener, new FrameConverter(outputFormat, format, { isAligned: true }))
          : listener,
      );
      return convertsInput
        ? new ConvertedInput(session, new FrameConverter(format, inputFormat, { isAligned: false }))
        : session;
    },
  };
}

/**
 * Returns in words what {@link modelInFormat} converts caller audio to and agent audio from, or null where it
 * converts nothing.
 */
export function describeConversion(model: VoiceModel, format: AudioFormat): string | null {
  const { inputFormats, outputFormats } = model.capabilities;
  const [heard, spoken] = [leastLossy(format, inputFormats), leastLossy(format, outputFormats)];
  if (!heard || !spoken || (sameFormat(heard, format) && sameFormat(spoken, format))) return null;
  const parts = sameFormat(heard, spoken)
    ? `to and from ${nameOf(heard)}`
    : `to ${nameOf(heard)}, from ${nameOf(spoken)}`;
  return `format conversion for ${model.provider}, ${parts}`;
}

function nameOf({ encoding, rateHz }: AudioFormat): string {
  return `${encoding} ${rateHz} Hz`;
}
