/** Identity of one Media Stream, as its messages carry it. */
export interface StreamIdentity {
  readonly callSid: string;
  readonly streamSid: string;
  readonly accountSid: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export const CONNECTED = '{"event":"connected","protocol":"Call","version":"1.0.0"}';

export function startMessage(
  { callSid, streamSid, accountSid, parameters }: StreamIdentity,
  sequence: number,
): string {
  const start = {
    accountSid,
    streamSid,
    callSid,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: parameters,
  };
  return JSON.stringify({ event: 'start', sequenceNumber: String(sequence), start, streamSid });
}

/** Returns a media message up to its payload, which `mediaTail` follows. */
export function mediaHead(sequence: number, chunk: number): string {
  return (
    `{"event":"media","sequenceNumber":"${sequence}","media":{"track":"inbound",` +
    `"chunk":"${chunk}","timestamp":"${(chunk - 1) * 20}","payload":"`
  );
}

export function mediaTail({ streamSid }: StreamIdentity): string {
  return `"},"streamSid":"${streamSid}"}`;
}

export function markMessage({ streamSid }: StreamIdentity, sequence: number, name: string): string {
  return (
    `{"event":"mark","sequenceNumber":"${sequence}",` +
    `"streamSid":"${streamSid}","mark":{"name":"${name}"}}`
  );
}

export function stopMessage({ callSid, accountSid, streamSid }: StreamIdentity, sequence: number): string {
  return (
    `{"event":"stop","sequenceNumber":"${sequence}","streamSid":"${streamSid}",` +
    `"stop":{"accountSid":"${accountSid}","callSid":"${callSid}"}}`
  );
}
