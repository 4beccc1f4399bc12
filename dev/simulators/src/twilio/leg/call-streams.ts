import type { MediaStream } from '../stream/media-stream.ts';
import type { StreamTrack } from '../stream/stream-messages.ts';
import type { StreamReport } from '../stream/stream-report.ts';
import type { Line } from './line.ts';

/** The Media Streams of one call: at most one bidirectional one, and forks of up to four tracks. */
export class CallStreams {
  private readonly line: Line;
  private readonly all: MediaStream[] = [];
  private readonly forks = new Map<MediaStream, readonly StreamTrack[]>();
  private live: MediaStream | null = null;
  private isClosed = false;

  constructor(line: Line) {
    this.line = line;
  }

  /** The open bidirectional stream. */
  get current(): MediaStream | null {
    return this.live;
  }

  get forkedTracks(): number {
    return [...this.forks.values()].reduce((sum, tracks) => sum + tracks.length, 0);
  }

  get reports(): StreamReport[] {
    return this.all.map((stream) => stream.report);
  }

  /** A stream begins to connect. A fork takes its tracks from now on. */
  add(stream: MediaStream, tracks: readonly StreamTrack[], isBidirectional: boolean): void {
    this.all.push(stream);
    if (!isBidirectional) this.forks.set(stream, tracks);
  }

  /** The stream is open: audio flows. A second bidirectional stream kills the first. */
  attach(stream: MediaStream): void {
    if (this.isClosed) return stream.stop();
    const tracks = this.forks.get(stream);
    if (tracks) return this.line.addFork({ stream, tracks });
    this.live?.stop();
    this.live = stream;
    this.line.connect(stream);
  }

  detach(stream: MediaStream): void {
    if (this.live === stream) this.live = null;
    this.forks.delete(stream);
    this.line.disconnect(stream);
  }

  stopFork(name: string): void {
    for (const fork of [...this.forks.keys()]) if (fork.name === name) fork.stop();
  }

  /** Closes all sockets, a frozen one included. */
  terminate(): void {
    for (const stream of this.all) stream.terminate();
  }

  /** The call is over. The bidirectional stream belongs to its `<Connect>`, which stops it. */
  close(): void {
    this.isClosed = true;
    for (const fork of [...this.forks.keys()]) fork.stop();
  }
}
