const FREQUENCY_HZ = 440;
const LENGTH_S = 0.6;
const GAIN = 0.2;
const RAMP_S = 0.05;

/** Plays a short tone; resolves when it is over. */
export function playTestTone(outlet: AudioNode): Promise<void> {
  const { context } = outlet;
  const start = context.currentTime;
  const end = start + LENGTH_S;
  const level = new GainNode(context, { gain: 0 });
  level.gain.setValueAtTime(0, start);
  level.gain.linearRampToValueAtTime(GAIN, start + RAMP_S);
  level.gain.setValueAtTime(GAIN, end - RAMP_S);
  level.gain.linearRampToValueAtTime(0, end);
  level.connect(outlet);
  const tone = new OscillatorNode(context, { frequency: FREQUENCY_HZ });
  tone.connect(level);
  tone.start(start);
  tone.stop(end);
  return new Promise((resolve) => {
    tone.onended = () => {
      level.disconnect();
      resolve();
    };
  });
}

/** Plays the tone on a device without a call. Call it from a press: browsers play nothing before one. */
export async function testSpeaker(deviceId: string): Promise<void> {
  const context = new AudioContext();
  try {
    if (deviceId && 'setSinkId' in context)
      await (context as AudioContext & { setSinkId(id: string): Promise<void> }).setSinkId(deviceId);
    await context.resume();
    await playTestTone(context.destination);
  } finally {
    await context.close();
  }
}
