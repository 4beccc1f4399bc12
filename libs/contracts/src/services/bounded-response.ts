/** The response is larger than the limit. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  constructor(limitBytes: number) {
    super(`The answer has more than ${limitBytes} bytes.`);
  }
}

/** Returns the body as text, read no further than the limit. @throws TooLarge */
export async function readBounded(response: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let readBytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    readBytes += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the transfer.
    if (readBytes > limitBytes) throw new TooLarge(limitBytes);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Returns the value of JSON; undefined for text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
