import { PCM16_16K, PCMU_8K } from '@tandem/contracts';
import { describeCallerStream } from '../../caller-stream.conformance.ts';
import { ChanWebSocketFarSide } from './testing/chan-websocket-far-side.ts';

for (const format of [PCMU_8K, PCM16_16K])
  describeCallerStream(
    `Asterisk's WebSocket channel, ${format.encoding} at ${format.rateHz} Hz`,
    (line) => new ChanWebSocketFarSide(line, format),
  );

describeCallerStream("Asterisk's WebSocket channel that reports marks a frame early", (line) => {
  const far = new ChanWebSocketFarSide(line);
  far.queue.isEarly = true;
  return far;
});
