/** Signed linear audio at one rate, as AudioSocket carries it: 16 bits, little-endian, mono. */
export interface Codec {
  /** Asterisk's name of the format. */
  readonly name: string;
  readonly rateHz: number;
  /** The type byte of a frame, which tells the rate. */
  readonly type: number;
  /** Bytes of a frame of 20 ms. */
  readonly frameBytes: number;
}

function codec(name: string, rateHz: number, type: number): Codec {
  return { name, rateHz, type, frameBytes: rateHz / 25 };
}

/** The formats of Asterisk 20.17, 22.7 and 23.1 on; before, there was `slin` only. */
export const CODECS: readonly Codec[] = [
  codec('slin', 8_000, 0x10),
  codec('slin12', 12_000, 0x11),
  codec('slin16', 16_000, 0x12),
  codec('slin24', 24_000, 0x13),
  codec('slin32', 32_000, 0x14),
  codec('slin44', 44_100, 0x15),
  codec('slin48', 48_000, 0x16),
  codec('slin96', 96_000, 0x17),
  codec('slin192', 192_000, 0x18),
];

export const SLIN = CODECS[0] as Codec;

export function codecByName(name: string): Codec | undefined {
  return CODECS.find((known) => known.name === name);
}

export function codecByType(type: number): Codec | undefined {
  return CODECS.find((known) => known.type === type);
}
