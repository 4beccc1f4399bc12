import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { FakeCallerStream, ManualClock } from '@tandem/conversation/testing';
import { RecordedStream } from '@tandem/recordings';
import type { MessageSocket } from '@tandem/telephony';
import type { IncomingStream } from './incoming-stream.ts';
import { MediaPaths } from './media-path.ts';
import { unavailableModel } from './unavailable-model.ts';

const clock = new RealClock(() => undefined);
const line = new ManualClock();
const target = (provider: string) => ({ model: unavailableModel(provider, 'no-api-key', line) });

function socket() {
  const sent: (string | Uint8Array)[] = [];
  const bare: MessageSocket = {
    listener: null,
    isOpen: true,
    unsentBytes: 0,
    send: (...messages) => void sent.push(...messages),
    close: () => undefined,
    terminate: () => undefined,
  };
  return { sent, bare };
}

/** A door whose streams say hello on their socket. */
function incoming({ bare, format = PCMU_8K }: { bare: MessageSocket; format?: AudioFormat }): IncomingStream {
  return {
    carrierCallId: 'c',
    protocol: 'fake',
    open: ({ fence }) => {
      const fenced = fence(bare);
      const stream = new FakeCallerStream(line, format);
      return Object.assign(stream, { counters: { framesIn: 3 }, close: () => fenced.send('bye') });
    },
  };
}

function mediaPaths(isRecorded: boolean, providers: readonly [string, ...string[]] = ['first']) {
  const [own, ...others] = providers;
  const recorded: object[] = [];
  const paths = new MediaPaths(
    { modelHangMs: 6_000 },
    { isOwnershipConfirmed: true, onConfirmed: () => undefined },
    {
      recorderFor: (_record, stream) => {
        recorded.push(stream);
        return isRecorded ? new RecordedStream(stream, {} as never) : null;
      },
    },
    { targetsFor: () => [target(own), ...others.map(target)] },
    clock,
  );
  const assemble = (door: IncomingStream) =>
    paths.assemble(door, { record: { agent: {} } as never, log: {} as never, onError: () => undefined });
  return { assemble, recorded };
}

describe('the media path of a call', () => {
  it('lists its links from the socket to the models', () => {
    const { assemble } = mediaPaths(true, ['first', 'second']);
    expect(assemble(incoming(socket())).describe()).toEqual([
      'fenced socket',
      'fake stream, pcmu 8000 Hz',
      'recorder',
      'call session',
      'resilient model session, caller replay, watchdog 6000 ms',
      'first, then second',
    ]);
  });

  it('has no recorder where the call is not recorded', () => {
    const path = mediaPaths(false).assemble(incoming(socket()));
    expect(path.describe().slice(1, 3)).toEqual(['fake stream, pcmu 8000 Hz', 'call session']);
    expect(path.recording).toBeUndefined();
  });

  it('converts for each model that does not speak the format of the stream', () => {
    const { assemble } = mediaPaths(false, ['first', 'second']);
    const path = assemble(incoming({ ...socket(), format: PCM16_16K }));
    expect(path.model.capabilities.inputFormats).toEqual([PCM16_16K]);
    expect(path.model.capabilities.outputFormats).toEqual([PCM16_16K]);
    expect(path.describe()).toEqual([
      'fenced socket',
      'fake stream, pcm16 16000 Hz',
      'call session',
      'resilient model session, caller replay, watchdog 6000 ms',
      'format conversion for first, to and from pcmu 8000 Hz',
      'format conversion for second, to and from pcmu 8000 Hz',
      'first, then second',
    ]);
  });

  it('records what the door opened, and the call session uses the recorder', () => {
    const { assemble, recorded } = mediaPaths(true);
    const path = assemble(incoming(socket()));
    expect(recorded).toHaveLength(1);
    expect(path.recording).toBe(path.stream);
    expect(path.counters).toEqual({ framesIn: 3 });
  });

  it('sends nothing once it is muted', () => {
    const { sent, bare } = socket();
    const path = mediaPaths(false).assemble(incoming({ bare }));
    path.stream.close();
    path.mute();
    path.stream.close();
    expect(sent).toEqual(['bye']);
  });

  it('refuses a door that opens its stream on a bare socket', () => {
    const door = {
      ...incoming(socket()),
      open: () => Object.assign(new FakeCallerStream(line), { counters: {} }),
    };
    expect(() => mediaPaths(false).assemble(door)).toThrow(/did not fence/);
  });
});
