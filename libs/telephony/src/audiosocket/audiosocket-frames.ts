/*
 * The frames of Asterisk's AudioSocket protocol: one byte of kind, two of length (big-endian), the payload.
 * Audio is signed 16-bit little-endian mono, and its kind names the rate (res_audiosocket.c of Asterisk 22;
 * docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket).
 */

export const HEADER_BYTES = 3;

/** The kinds that are not audio. Asterisk itself sends `id` first, and no `hangUp`: it closes the socket. */
export const FRAME_KIND = { hangUp: 0x00, id: 0x01, digit: 0x03, error: 0xff } as const;

/** The kind of audio frames of each rate in Hz. 8 kHz since 18.0; the others since 20.17, 22.7 and 23.1. */
const AUDIO_KINDS: readonly (readonly [kind: number, rateHz: number])[] = [
  [0x10, 8_000],
  [0x11, 12_000],
  [0x12, 16_000],
  [0x13, 24_000],
  [0x14, 32_000],
  [0x15, 44_100],
  [0x16, 48_000],
  [0x17, 96_000],
  [0x18, 192_000],
];
const RATE_OF_KIND: readonly (number | undefined)[] = byKind(AUDIO_KINDS);
const KIND_OF_RATE = new Map(AUDIO_KINDS.map(([kind, rateHz]) => [rateHz, kind]));

/** Asterisk sends 20 ms in a frame; a packet time of more than this is not configured anywhere. */
const MAX_FRAME_MS = 200;
const BYTES_PER_SAMPLE = 2;
const ID_BYTES = 16;
const MAX_ERROR_BYTES = 16;

/** The largest payload of each kind in bytes; undefined for a kind that is not in the protocol. */
const MAX_PAYLOAD: readonly (number | undefined)[] = byKind([
  [FRAME_KIND.hangUp, 0],
  [FRAME_KIND.id, ID_BYTES],
  [FRAME_KIND.digit, 1],
  [FRAME_KIND.error, MAX_ERROR_BYTES],
  ...AUDIO_KINDS.map(
    ([kind, rateHz]) => [kind, Math.min(0xffff, (rateHz / 1000) * MAX_FRAME_MS * BYTES_PER_SAMPLE)] as const,
  ),
]);

/** Kinds whose payload has one length only. */
const FIXED_PAYLOAD: readonly (number | undefined)[] = byKind([
  [FRAME_KIND.hangUp, 0],
  [FRAME_KIND.id, ID_BYTES],
  [FRAME_KIND.digit, 1],
]);

function byKind(entries: readonly (readonly [kind: number, value: number])[]): (number | undefined)[] {
  const table = new Array<number | undefined>(256).fill(undefined);
  for (const [kind, value] of entries) table[kind] = value;
  return table;
}

/** Returns the rate in Hz of the audio in frames of this kind; undefined when the kind is not audio. */
export function audioRateOf(kind: number): number | undefined {
  return RATE_OF_KIND[kind];
}

/** Returns the kind of audio frames of this rate; undefined for a rate that AudioSocket does not have. */
export function audioKindOf(rateHz: number): number | undefined {
  return KIND_OF_RATE.get(rateHz);
}

/** Returns whether a frame of this kind may have a payload of `length` bytes. Audio is never empty. */
export function isValidLength(kind: number, length: number): boolean {
  const fixed = FIXED_PAYLOAD[kind];
  if (fixed !== undefined) return length === fixed;
  const most = MAX_PAYLOAD[kind];
  if (most === undefined || length > most) return false;
  return RATE_OF_KIND[kind] === undefined || (length > 0 && length % BYTES_PER_SAMPLE === 0);
}

/** Writes a frame's header into `target`. */
export function writeHeader(target: Uint8Array, kind: number, length: number): void {
  target[0] = kind;
  target[1] = length >> 8;
  target[2] = length & 0xff;
}

/** The frame that ends the call's leg in Asterisk: the dialplan continues. */
export const HANG_UP_FRAME: Uint8Array = Uint8Array.of(FRAME_KIND.hangUp, 0, 0);

/** Length of the frames we write. */
export const FRAME_MS = 20;

/**
 * Returns a frame of silence at this rate, header included.
 * @throws TypeError for a rate that AudioSocket does not have
 */
export function silenceFrame(rateHz: number): Buffer {
  const kind = audioKindOf(rateHz);
  if (kind === undefined) throw new TypeError(`AudioSocket has no audio of ${rateHz} Hz.`);
  const bytes = (rateHz / 1000) * FRAME_MS * BYTES_PER_SAMPLE;
  const frame = Buffer.alloc(HEADER_BYTES + bytes);
  writeHeader(frame, kind, bytes);
  return frame;
}

/** Returns the UUID a stream begins with, in its usual form of 36 lower-case characters. */
export function idOf(frame: Buffer): string {
  const hex = frame.toString('hex', HEADER_BYTES, HEADER_BYTES + ID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
