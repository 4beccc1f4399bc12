import { describeCallerStream } from '../caller-stream.conformance.ts';
import { AudioSocketFarSide } from './testing/audiosocket-far-side.ts';

describeCallerStream('AudioSocket at 8 kHz', (line) => new AudioSocketFarSide(line));
describeCallerStream('AudioSocket at 16 kHz', (line) => new AudioSocketFarSide(line, 16_000));
