import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const LIMIT_MS = 10_000;

/** The outcome of a connection to the edge's AudioSocket. */
export interface AudioSocketAnswer {
  /** Name of the relay it came to; null when the edge closed it. */
  readonly relay: string | null;
  readonly socket: Socket;
}

/** Returns the first frame of a call to the relay with this number: its UUID begins with the number. */
export function firstFrame(relay: number): Buffer {
  const frame = Buffer.concat([Buffer.of(0x01, 0x00, 0x10), randomBytes(16)]);
  frame.writeUInt16BE(relay, 3);
  return frame;
}

/**
 * Connects as a PBX does, and waits for a relay's name or the end.
 * @param chunks sent one after the other, 5 ms apart
 */
export async function connectAudioSocket(
  { port, host = '127.0.0.1' }: { readonly port: number; readonly host?: string },
  ...chunks: Buffer[]
): Promise<AudioSocketAnswer> {
  const socket = connect({ port, host, noDelay: true });
  socket.on('error', () => socket.destroy());
  const told = nameFrom(socket);
  for (const chunk of chunks) {
    if (socket.writable) socket.write(chunk);
    if (chunks.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { relay: await told, socket };
}

/** Returns null when the connection ends before the name is whole. */
function nameFrom(socket: Socket): Promise<string | null> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`neither a name nor an end in ${LIMIT_MS} ms`)),
      LIMIT_MS,
    );
    const done = (name: string | null): void => {
      clearTimeout(limit);
      socket.off('data', take);
      resolve(name);
    };
    const take = (more: Buffer): void => {
      bytes = Buffer.concat([bytes, more]);
      const length = bytes[0] ?? 0;
      if (bytes.length > length) done(bytes.toString('latin1', 1, 1 + length));
    };
    socket.on('data', take).once('close', () => done(null));
  });
}

/** Waits for the end of a connection. */
export async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.destroyed) await once(socket, 'close');
}
