import { AudioFrame } from '@tandem/conversation';

const HEAD = Buffer.from('{"event":"media","sequenceNumber":"');
const TRACK = Buffer.from('","media":{"track":"inbound","chunk":"');
const TIMESTAMP = Buffer.from('","timestamp":"');
const PAYLOAD = Buffer.from('","payload":"');
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
/** Longest number that is read: more digits than a call needs, fewer than a number can hold. */
const MAX_DIGITS = 12;
/** Half a second; Twilio sends 20 ms. */
const MAX_PAYLOAD_CHARACTERS = 5_336;

/** 0 for the letters of base64, 1 for everything else. */
const NOT_BASE64 = new Uint8Array(256).fill(1);
for (const letter of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  NOT_BASE64[letter] = 0;

/**
 * Reads `media` messages, fifty a second, directly from their bytes, exactly as Twilio writes them: keys in
 * its order, no spaces, this stream's sid. Any other message is left to the full parser. The audio stays
 * base64, checked, in the message's own memory.
 */
export class MediaReader {
  /** A copy outside Node's buffer pool, a slice of which would retain 64 KB for each call. */
  private readonly tail: Uint8Array;
  /** Chunk number of the last message read. */
  chunk = 0;
  private at = 0;

  constructor(streamSid: string) {
    this.tail = new Uint8Array(Buffer.from(`"},"streamSid":"${streamSid}"}`));
  }

  /** Returns the audio, or null when the message is not exactly a media message of this stream. */
  read(message: Buffer): AudioFrame | null {
    this.at = 0;
    if (!this.skip(message, HEAD) || this.readNumber(message) < 0 || !this.skip(message, TRACK)) return null;
    const chunk = this.readNumber(message);
    if (
      chunk < 0 ||
      !this.skip(message, TIMESTAMP) ||
      this.readNumber(message) < 0 ||
      !this.skip(message, PAYLOAD)
    )
      return null;
    const start = this.at;
    const end = message.length - this.tail.length;
    const byteLength = audioBytes(message, start, end);
    this.at = end;
    if (byteLength < 0 || !this.skip(message, this.tail)) return null;
    this.chunk = chunk;
    return AudioFrame.fromBase64Ascii(message.subarray(start, end), byteLength);
  }

  private skip(message: Buffer, text: Uint8Array): boolean {
    const { at } = this;
    if (at + text.length > message.length) return false;
    for (let offset = 0; offset < text.length; offset += 1)
      if (message[at + offset] !== text[offset]) return false;
    this.at = at + text.length;
    return true;
  }

  /** Reads an unsigned number. Returns -1 when there is none. */
  private readNumber(message: Buffer): number {
    const start = this.at;
    let value = 0;
    for (let digit = message[start] ?? 0; digit >= ZERO && digit <= NINE; digit = message[this.at] ?? 0) {
      value = value * 10 + digit - ZERO;
      this.at += 1;
    }
    const digits = this.at - start;
    return digits === 0 || digits > MAX_DIGITS ? -1 : value;
  }
}

/**
 * Returns the decoded size of the base64 between two offsets, or -1 when it is not strict, empty or too long.
 */
function audioBytes(message: Buffer, start: number, end: number): number {
  const characters = end - start;
  if (characters <= 0 || characters > MAX_PAYLOAD_CHARACTERS || characters % 4 !== 0) return -1;
  const padding = message[end - 2] === EQUALS ? 2 : message[end - 1] === EQUALS ? 1 : 0;
  let wrong = 0;
  for (let at = start; at < end - padding; at += 1) wrong |= NOT_BASE64[message[at] as number] as number;
  if (padding === 2 && message[end - 1] !== EQUALS) wrong = 1;
  return wrong === 0 ? (characters / 4) * 3 - padding : -1;
}
