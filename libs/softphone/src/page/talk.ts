import { AudioDevice } from '../phone/audio-device.ts';
import { missingAbility } from '../phone/microphone-fault.ts';
import { Softphone, type PhoneState, type SoftphoneParts } from '../phone/softphone.ts';
import { testSpeaker } from '../phone/test-tone.ts';
import { Conversation } from './conversation.ts';
import {
  INAUDIBLE,
  MICROPHONE_LOST,
  MICROPHONE_TEXTS,
  silentMicrophone,
  SPEAKER_FAILED,
  statusText,
} from './texts.ts';

/** A microphone that gives nothing but zeros for this long is off or the wrong one. */
const SILENT_MICROPHONE_MS = 3_000;

const byId = <Of extends HTMLElement>(id: string): Of => document.getElementById(id) as Of;
const button = byId<HTMLButtonElement>('call');
const label = byId('call-label');
const status = byId('status');
const quality = byId('quality');
const problem = byId('problem');
const problemText = byId('problem-text');
const problemAction = byId<HTMLButtonElement>('problem-action');
const mute = byId<HTMLButtonElement>('mute');
const keypadToggle = byId<HTMLButtonElement>('keypad-toggle');
const keypad = byId('keypad');
const microphone = byId<HTMLSelectElement>('microphone');
const speaker = byId<HTMLSelectElement>('speaker');
const text = byId<HTMLInputElement>('text');
const send = byId<HTMLButtonElement>('send');
const conversation = new Conversation(byId('log'), byId('empty'));

let isMuted = false;
let soundAt = 0;
let hasSpeakerFailed = false;

const parts: SoftphoneParts<AudioDevice> = {
  openAudio: (events) => new AudioDevice(events),
  service: { url: '', fetch: (...request) => fetch(...request) },
};
const phone = new Softphone(parts, {
  onState: (state) => showState(state),
  onMessage: (message) => conversation.show(message),
  onAnnouncement: (said) => conversation.note(said.text),
  onLevels: (levels) => {
    byId<HTMLMeterElement>('microphone-level').value = levels.microphone;
    byId<HTMLMeterElement>('speaker-level').value = levels.speaker;
    if (levels.microphone > 0 || isMuted) soundAt = performance.now();
    showDevice();
  },
  onQuality: ({ roundTripMs, underruns, delayMs }) => {
    const parts = [
      ...(roundTripMs === null ? [] : [`round trip ${Math.round(roundTripMs)} ms`]),
      `buffer ${delayMs} ms`,
      ...(underruns > 0 ? [`${underruns} gaps`] : []),
    ];
    quality.textContent = parts.join(' · ');
  },
  onDevice: () => {
    showDevice();
    void listDevices();
  },
});

function showState(state: PhoneState): void {
  status.textContent = statusText(state);
  document.body.dataset['state'] = state.kind;
  const { isOnCall } = phone;
  label.textContent = isOnCall ? 'Hang up' : 'Call the agent';
  button.classList.toggle('stop', isOnCall);
  const isConnected = state.kind === 'connected';
  for (const control of [mute, keypadToggle, text, send]) control.disabled = !isConnected;
  if (!isOnCall) quality.textContent = '';
  if (isConnected) soundAt = performance.now();
  if (state.kind === 'no-microphone')
    return showProblem(MICROPHONE_TEXTS[state.fault], 'Go on without a microphone', () => call(true));
  if (state.kind === 'over' && state.text) return showProblem(state.text);
  hideProblem();
}

/** Shows what is wrong with the sound, and the way out. */
function showDevice(): void {
  const { audio, state } = phone;
  if (!audio || (state.kind !== 'connected' && state.kind !== 'reconnecting')) return;
  const isSilent = performance.now() - soundAt > SILENT_MICROPHONE_MS;
  if (!phone.isAudible) showProblem(INAUDIBLE, 'Turn the sound on', () => void audio.resume());
  else if (audio.fault) showProblem(MICROPHONE_TEXTS[audio.fault]);
  else if (audio.microphoneLabel && !audio.isMicrophoneOn) showProblem(MICROPHONE_LOST);
  else if (audio.isMicrophoneOn && isSilent) showProblem(silentMicrophone(audio.microphoneLabel));
  else if (hasSpeakerFailed) showProblem(SPEAKER_FAILED);
  else hideProblem();
}

async function listDevices(): Promise<void> {
  const { audio } = phone;
  if (!audio) return;
  fill(microphone, await audio.devices('audioinput'));
  microphone.disabled = false;
  const outputs = 'setSinkId' in HTMLMediaElement.prototype ? await audio.devices('audiooutput') : [];
  fill(speaker, outputs);
  speaker.disabled = outputs.length === 0;
}

function fill(select: HTMLSelectElement, devices: readonly MediaDeviceInfo[]): void {
  const chosen = select.value;
  const options = devices.map(({ deviceId, label: name }) => new Option(name || 'Unnamed device', deviceId));
  select.replaceChildren(new Option('Default', ''), ...options);
  if (devices.some(({ deviceId }) => deviceId === chosen)) select.value = chosen;
}

function showProblem(message: string, action = '', run: () => void = () => undefined): void {
  if (problemText.textContent !== message) problemText.textContent = message;
  problem.hidden = false;
  problemAction.hidden = action === '';
  problemAction.textContent = action;
  problemAction.onclick = run;
}

function hideProblem(): void {
  problem.hidden = true;
}

/** Shows that a loudspeaker cannot be used, until another one is tried. */
function tried(speakerInUse: Promise<void> | undefined): void {
  hasSpeakerFailed = false;
  speakerInUse?.catch(() => {
    hasSpeakerFailed = true;
    showProblem(SPEAKER_FAILED);
  });
}

function call(isSilent = false): void {
  conversation.clear();
  hasSpeakerFailed = false;
  hideProblem();
  const valueOf = (id: string) => byId<HTMLInputElement>(id).value.trim() || undefined;
  const devices = { microphone: microphone.value, speaker: speaker.value };
  void phone.start({ to: valueOf('to'), from: valueOf('from'), isSilent, ...devices });
}

button.onclick = () => (phone.isOnCall ? phone.hangUp() : call());
mute.onclick = () => {
  isMuted = !isMuted;
  phone.setMuted(isMuted);
  mute.setAttribute('aria-pressed', String(isMuted));
  mute.textContent = isMuted ? 'Muted' : 'Mute';
};
keypadToggle.onclick = () => {
  keypad.hidden = !keypad.hidden;
  keypadToggle.setAttribute('aria-expanded', String(!keypad.hidden));
};
keypad.onclick = ({ target }) => {
  const key = target instanceof HTMLElement ? target.dataset['key'] : undefined;
  if (key) phone.press(key);
};
microphone.onchange = () => void phone.audio?.openMicrophone(microphone.value);
speaker.onchange = () => tried(phone.audio?.chooseOutput(speaker.value));
byId('tone').onclick = () => tried(phone.audio?.testTone() ?? testSpeaker(speaker.value));
byId('write').onsubmit = (event) => {
  event.preventDefault();
  const written = text.value.trim();
  if (written) phone.write(written);
  text.value = '';
};
window.addEventListener('beforeunload', (event) => {
  if (phone.isOnCall) event.preventDefault();
});
window.addEventListener('pagehide', () => phone.hangUp());

const missing = missingAbility({
  isSecure: window.isSecureContext,
  hasMediaDevices: 'mediaDevices' in navigator,
  hasWorklet: 'AudioWorkletNode' in window,
});
if (missing) {
  button.disabled = true;
  showProblem(MICROPHONE_TEXTS[missing]);
}
