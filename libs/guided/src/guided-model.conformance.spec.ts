import { describeVoiceModel } from '@tandem/conversation/conformance';
import { GuidedFarSide } from './testing/guided-far-side.ts';

describeVoiceModel('the guided engine', () => new GuidedFarSide());
