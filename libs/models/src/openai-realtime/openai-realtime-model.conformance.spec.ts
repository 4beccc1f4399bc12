import { describeVoiceModel } from '@tandem/conversation/conformance';
import { RealtimeFarSide } from './testing/realtime-far-side.ts';

describeVoiceModel('OpenAI Realtime', () => new RealtimeFarSide());
