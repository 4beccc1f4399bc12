import twilio from 'twilio';

const { VoiceResponse } = twilio.twiml;
type VoiceResponse = InstanceType<typeof VoiceResponse>;

/** Words the carrier itself speaks. Text is escaped by the builder. */
export interface Spoken {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

export interface ConnectStream {
  /** wss (ws on loopback), no query string: Twilio fails the handshake otherwise (31920). */
  readonly streamUrl: string;
  /** Asked when the stream is over: the only way to carry on after a lost relay. */
  readonly actionUrl: string;
  /** Told of failed handshakes, which nothing else shows. */
  readonly statusUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Spoken before the stream starts. */
  readonly notice?: Spoken;
}

/** Answers the call and hands its audio to a relay. */
export function connectStreamTwiml(connect: ConnectStream): string {
  const response = new VoiceResponse();
  if (connect.notice) say(response, connect.notice);
  const stream = response.connect({ action: connect.actionUrl, method: 'POST' }).stream({
    url: connect.streamUrl,
    statusCallback: connect.statusUrl,
    statusCallbackMethod: 'POST',
  });
  for (const [name, value] of Object.entries(connect.parameters)) stream.parameter({ name, value });
  return response.toString();
}

/** Says something and hangs up. */
export function farewellTwiml(spoken: Spoken): string {
  const response = new VoiceResponse();
  say(response, spoken);
  response.hangup();
  return response.toString();
}

export function hangupTwiml(): string {
  const response = new VoiceResponse();
  response.hangup();
  return response.toString();
}

type SayAttributes = NonNullable<Parameters<VoiceResponse['say']>[0]> & object;

function say(response: VoiceResponse, { text, language }: Spoken): void {
  response.say({ language: language as NonNullable<Extract<SayAttributes, { language?: unknown }>['language']> }, text);
}
