/*
 * Scripts that run in the page under test, as text: they are for a browser, and this project is not compiled
 * for one.
 */

/** Samples per second of the lines a caller says. */
export const LINE_RATE_HZ = 8_000;

/** Runs first: a microphone that says what the test wants, when it wants. */
export const SPOKEN_MICROPHONE = `(() => {
  let context, outlet, room;
  navigator.mediaDevices.getUserMedia = async () => {
    context ??= new AudioContext();
    outlet ??= context.createMediaStreamDestination();
    if (!room) {
      // A quiet room: a microphone that gives nothing but zeros is one that is switched off.
      const noise = context.createBuffer(1, context.sampleRate, context.sampleRate);
      noise.copyToChannel(noise.getChannelData(0).map(() => (Math.random() - 0.5) / 500), 0);
      room = context.createBufferSource();
      room.buffer = noise;
      room.loop = true;
      room.connect(outlet);
      room.start();
    }
    await context.resume();
    return outlet.stream;
  };
  window.tandemSay = (line) => new Promise((done) => {
    const bytes = Uint8Array.from(atob(line), (character) => character.charCodeAt(0));
    const samples = new Int16Array(bytes.buffer);
    const buffer = context.createBuffer(1, samples.length, ${LINE_RATE_HZ});
    buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32768), 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(outlet);
    source.onended = done;
    source.start();
  });
})()`;

/** Runs first: the caller has told the browser that this page gets no microphone. */
export const DENIED_MICROPHONE = `navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))`;

/** A sample above this share of full scale is sound; what filters leave around it is not. */
export const LOUD = 0.01;

/** Runs first: keeps the microphones the page takes, what it plays to, and the element of a chosen device. */
export const WATCHED_DEVICES = `(() => {
  window.tandemDevices = { tracks: [], speaker: null };
  const take = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await take(constraints);
    window.tandemDevices.tracks.push(...stream.getAudioTracks());
    return stream;
  };
  const choose = HTMLMediaElement.prototype.setSinkId;
  HTMLMediaElement.prototype.setSinkId = function (id) {
    window.tandemDevices.speaker = this;
    return choose.call(this, id);
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...others) {
    if (this instanceof AudioWorkletNode) window.tandemDevices.outlet = target;
    return connect.call(this, target, ...others);
  };
})()`;

/** Every loudspeaker that can be chosen is gone. */
export const SPEAKERS_GONE = `HTMLMediaElement.prototype.setSinkId = () =>
  Promise.reject(new DOMException('Requested device not found', 'NotFoundError'))`;

/** Whether the agent is played to the browser's own choice of a loudspeaker. */
export const ON_USUAL_SPEAKER = `tandemDevices.outlet instanceof AudioDestinationNode`;

export const DEVICES_IN_USE = `({
  microphones: tandemDevices.tracks
    .filter(({ readyState }) => readyState === 'live')
    .map(({ label }) => label),
  speaker: tandemDevices.speaker?.paused === false ? tandemDevices.speaker.sinkId : null,
})`;

/** Presses the button of the tone. Returns the loudest sample on the chosen loudspeaker within a second. */
export const TONE_HEARD = `(async () => {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaStreamSource(tandemDevices.speaker.srcObject).connect(ear);
  document.querySelector('#tone').click();
  const samples = new Float32Array(ear.fftSize);
  let loudest = 0;
  for (const end = performance.now() + 1000; performance.now() < end; ) {
    await new Promise((done) => setTimeout(done, 20));
    ear.getFloatTimeDomainData(samples);
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  }
  await context.close();
  return loudest;
})()`;

/** Runs on the audio thread beside the softphone: keeps the times of the first and the last loud sample. */
const EAR = `registerProcessor('ear', class extends AudioWorkletProcessor {
  process([[samples] = []]) {
    const isLoud = (sample) => Math.abs(sample) > ${LOUD};
    const last = samples?.findLastIndex(isLoud) ?? -1;
    if (last >= 0) {
      this.from ??= (currentFrame + samples.findIndex(isLoud)) / sampleRate;
      this.to = (currentFrame + last) / sampleRate;
    }
    if (last < 0 && this.to !== this.told) {
      this.told = this.to;
      this.port.postMessage({ from: this.from, to: this.to });
    }
    return true;
  }
});`;

/**
 * Runs first: whatever the softphone's processor puts out also reaches an ear that knows nothing of the
 * softphone's own count, and each report of playback is kept with the device's latency, in s, and with the
 * time at which the page sent it.
 */
export const WATCHED_AUDIO = `(() => {
  const heard = { from: null, to: null, reports: [] };
  window.tandemHeard = heard;
  let context;
  const Node = window.AudioWorkletNode;
  const addModule = AudioWorklet.prototype.addModule;
  AudioWorklet.prototype.addModule = async function (...given) {
    const ear = new Blob([${JSON.stringify(EAR)}], { type: 'text/javascript' });
    await addModule.call(this, URL.createObjectURL(ear));
    return addModule.apply(this, given);
  };
  window.AudioWorkletNode = class extends Node {
    constructor(given, name, options) {
      super(given, name, options);
      context = given;
      const ear = new Node(given, 'ear', { numberOfOutputs: 1 });
      ear.port.onmessage = ({ data }) => Object.assign(heard, data);
      super.connect(ear);
      ear.connect(given.destination);
    }
  };
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    if (typeof message === 'string' && message.includes('"played"') && context)
      heard.reports.push({
        ...JSON.parse(message),
        latency: context.outputLatency,
        sentAt: context.currentTime,
      });
    return send.call(this, message);
  };
})()`;

/** Runs first: sockets to these ports go to others, where a line of the test's own leads on. */
export function ledThrough(ports: Readonly<Record<number, number>>): string {
  return `(() => {
    const ports = ${JSON.stringify(ports)};
    window.WebSocket = class extends WebSocket {
      constructor(given, ...others) {
        const address = new URL(given);
        address.port = ports[address.port] ?? address.port;
        super(address.href, ...others);
      }
    };
  })()`;
}

/**
 * Returns how many utterances of the agent there are and the last one, once that is a new question. An
 * idle prompt is none: on a busy machine words take a while to be understood.
 */
export const QUESTION_ASKED = `(after) => {
  const said = [...document.querySelectorAll('#log .agent')];
  const level = document.querySelector('#speaker-level').value;
  window.quietSince = level < 0.005 ? (window.quietSince ?? performance.now()) : undefined;
  const text = said.at(-1)?.lastChild?.textContent ?? '';
  const isQuiet = window.quietSince !== undefined && performance.now() - window.quietSince > 500;
  const isQuestion = text.endsWith('?') && !text.includes('still there');
  return isQuiet && isQuestion && said.length > after ? { count: said.length, text } : false;
}`;

export const IN_STATE = `(state) => document.body.dataset.state === state`;

export const AGENT_SOUNDS = `document.querySelector('#speaker-level').value > 0.05`;

export const CALLER_SAID = `(words) =>
  [...document.querySelectorAll('#log .caller')].some((entry) => entry.textContent.includes(words))`;

/** Returns the text of entries, without the name of the party and without folded details. */
export const LINES = `(kind) => [...document.querySelectorAll('#log .' + kind)].map((entry) => {
  const copy = entry.cloneNode(true);
  for (const part of copy.querySelectorAll('.party, details')) part.remove();
  return copy.textContent.trim();
})`;

/** Returns the expression that calls a function of these with one argument. */
export function calling(script: string, argument: string | number): string {
  return `(${script})(${JSON.stringify(argument)})`;
}
