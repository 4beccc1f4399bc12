import {
  PROCESSOR,
  type FromProcessor,
  type ProcessorOptions,
  type ToProcessor,
} from '../worklet/processor-messages.ts';
import { microphoneFaultOf, type MicrophoneFault } from './microphone-fault.ts';
import type { PhoneAudio, PhoneAudioEvents } from './phone-audio.ts';
import { playTestTone } from './test-tone.ts';

const CONSTRAINTS = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
};
/** Without word from the audio thread for this long nothing is heard. */
const SILENT_AFTER_MS = 1_000;

/** The browser's audio: one context at the device's own rate, a microphone, and the processor between. */
export class AudioDevice implements PhoneAudio {
  fault: MicrophoneFault | null = null;
  private readonly context: AudioContext;
  readonly loaded: Promise<void>;
  private node: AudioWorkletNode | null = null;
  private microphone: MediaStream | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private speaker: ChosenOutput | null = null;
  private outlet: AudioNode;
  private isMuted = false;
  private microphoneChoices = 0;
  private lastAliveAt = 0;

  /** Call it from a press: browsers play nothing before one. */
  constructor(private readonly events: PhoneAudioEvents) {
    this.context = new AudioContext({ latencyHint: 'interactive' });
    this.outlet = this.context.destination;
    this.context.onstatechange = () => events.onChanged();
    void this.context.resume();
    this.loaded = this.context.audioWorklet.addModule(
      new URL('../worklet/softphone-processor.js', import.meta.url),
    );
    // A call that is over before then awaits it no more.
    this.loaded.catch(() => undefined);
    navigator.mediaDevices?.addEventListener('devicechange', this.onDevices);
  }

  /** The audio thread runs, so that what is queued is heard. */
  get isAudible(): boolean {
    return this.context.state === 'running' && performance.now() - this.lastAliveAt < SILENT_AFTER_MS;
  }

  get isMicrophoneOn(): boolean {
    return this.microphone?.getAudioTracks()[0]?.readyState === 'live';
  }

  /** Label of the microphone in use; empty when there is none. */
  get microphoneLabel(): string {
    return this.microphone?.getAudioTracks()[0]?.label ?? '';
  }

  /** Asks for a microphone; a new one is taken before the old one is let go. Sets {@link fault}. */
  async openMicrophone(deviceId?: string): Promise<void> {
    this.microphoneChoices += 1;
    const choice = this.microphoneChoices;
    try {
      const stream = await microphoneStream(deviceId);
      // The call was over, or another one was chosen, before the browser had it open.
      if (this.context.state === 'closed' || choice !== this.microphoneChoices) return stop(stream);
      const old = this.microphone;
      this.microphone = stream;
      this.fault = null;
      for (const track of stream.getAudioTracks())
        track.onended = track.onmute = track.onunmute = () => this.events.onChanged();
      this.connectMicrophone();
      stop(old);
    } catch (error) {
      if (choice !== this.microphoneChoices) return;
      this.fault = microphoneFaultOf(error);
    }
    this.events.onChanged();
  }

  /** Returns the devices of one kind, with labels once the microphone was allowed. */
  async devices(kind: 'audioinput' | 'audiooutput'): Promise<MediaDeviceInfo[]> {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((device) => device.kind === kind && device.deviceId !== '');
  }

  begin(wireHz: number): void {
    this.dropNode();
    this.node = new AudioWorkletNode(this.context, PROCESSOR, {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [1],
      processorOptions: { wireHz } satisfies ProcessorOptions,
    });
    this.node.port.onmessage = ({ data }: MessageEvent<FromProcessor>) => this.receive(data);
    this.node.connect(this.outlet);
    this.connectMicrophone();
    this.tell({ kind: 'mute', isMuted: this.isMuted });
    this.tellLatency();
  }

  play(sound: number, samples: Int16Array<ArrayBuffer>): void {
    this.tell({ kind: 'audio', sound, samples }, [samples.buffer]);
  }

  clear(id: number, fadeMs: number): void {
    this.tell({ kind: 'clear', id, fadeMs });
  }

  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.tell({ kind: 'mute', isMuted });
  }

  /**
   * Plays on another device. Only then an audio element is put between: Chromium's echo cancellation loses
   * its reference when the context itself changes its device. One that is gone changes nothing.
   */
  async chooseOutput(deviceId: string): Promise<void> {
    const { element, destination } = (this.speaker ??= outputOf(this.context));
    await element.setSinkId(deviceId);
    await element.play();
    if (this.outlet === destination) return;
    this.node?.disconnect();
    this.node?.connect(destination);
    this.outlet = destination;
  }

  /** Plays a short tone where the agent is heard. */
  testTone(): Promise<void> {
    return playTestTone(this.outlet);
  }

  /** Call it from a press, after the browser stopped the context. */
  async resume(): Promise<void> {
    await this.context.resume();
    await this.speaker?.element.play();
    this.events.onChanged();
  }

  async close(): Promise<void> {
    navigator.mediaDevices?.removeEventListener('devicechange', this.onDevices);
    stop(this.microphone);
    this.dropNode();
    this.speaker?.element.pause();
    if (this.context.state !== 'closed') await this.context.close();
  }

  private readonly onDevices = (): void => this.events.onChanged();

  /** A processor that is cut off goes on for as long as it returns true, so it is no longer listened to. */
  private dropNode(): void {
    if (!this.node) return;
    this.node.port.onmessage = null;
    this.node.port.close();
    this.node.disconnect();
    this.node = null;
  }

  private connectMicrophone(): void {
    this.source?.disconnect();
    this.source = null;
    if (!this.microphone || !this.node) return;
    this.source = this.context.createMediaStreamSource(this.microphone);
    this.source.connect(this.node);
  }

  private receive(message: FromProcessor): void {
    if (message.kind === 'alive') {
      this.lastAliveAt = performance.now();
      this.tellLatency();
    }
    this.events.onProcessor(message);
  }

  private tellLatency(): void {
    // Safari does not say; the device's own latency is unknown there.
    const seconds = this.context.outputLatency || this.context.baseLatency || 0;
    this.tell({ kind: 'latency', seconds });
  }

  private tell(message: ToProcessor, transfer: Transferable[] = []): void {
    this.node?.port.postMessage(message, transfer);
  }
}

interface ChosenOutput {
  readonly element: HTMLAudioElement;
  readonly destination: MediaStreamAudioDestinationNode;
}

function outputOf(context: AudioContext): ChosenOutput {
  const destination = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = destination.stream;
  return { element, destination };
}

/**
 * Chromium gives the microphone that is open already where another one is only `ideal`. One that is gone
 * leaves the browser's own choice.
 */
async function microphoneStream(deviceId: string | undefined): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  if (!deviceId) return mediaDevices.getUserMedia({ audio: CONSTRAINTS });
  try {
    return await mediaDevices.getUserMedia({ audio: { ...CONSTRAINTS, deviceId: { exact: deviceId } } });
  } catch (error) {
    if ((error as Error).name !== 'OverconstrainedError') throw error;
    return mediaDevices.getUserMedia({ audio: CONSTRAINTS });
  }
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) {
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }
}
