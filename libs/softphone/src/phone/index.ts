export type { CallService } from './call-api.ts';
export type { PhoneAudio, PhoneAudioEvents } from './phone-audio.ts';
export { Softphone, type PhoneState, type SoftphoneEvents, type SoftphoneParts } from './softphone.ts';
