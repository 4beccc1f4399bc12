// The verbs, nouns and attributes of TwiML. Source: twilio.com/docs/voice/twiml and the attribute types of
// the `twilio` package. An attribute's rule is checked; `true` accepts any text.

export type AttributeRule =
  | true
  | { readonly oneOf: readonly string[] }
  | { readonly integerFrom: number; readonly to?: number }
  | { readonly everyOf: readonly string[] };

export interface ElementRule {
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  /** Elements allowed inside. */
  readonly children: Readonly<Record<string, ElementRule>>;
  readonly text: 'required' | 'optional' | 'none';
  /** False: Twilio has it, this simulator does not act on it. */
  readonly isSimulated: boolean;
}

const METHOD: AttributeRule = { oneOf: ['GET', 'POST'] };
const BOOLEAN: AttributeRule = { oneOf: ['true', 'false'] };
const NATURAL: AttributeRule = { integerFrom: 0 };
const POSITIVE: AttributeRule = { integerFrom: 1 };
const PROGRESS: AttributeRule = { everyOf: ['initiated', 'ringing', 'answered', 'completed'] };
const RECORDING = {
  recordingConfigurationId: true,
  recordingStatusCallback: true,
  recordingStatusCallbackEvent: { everyOf: ['in-progress', 'completed', 'absent'] },
  recordingStatusCallbackMethod: METHOD,
  trim: { oneOf: ['trim-silence', 'do-not-trim'] },
} satisfies ElementRule['attributes'];

function rule(parts: Partial<ElementRule>): ElementRule {
  return { attributes: {}, children: {}, text: 'none', isSimulated: true, ...parts };
}

const UNSIMULATED = rule({ isSimulated: false, text: 'optional' });

const ssml: Record<string, ElementRule> = {};
for (const name of [
  'break',
  'emphasis',
  'lang',
  'p',
  'phoneme',
  'prosody',
  's',
  'say-as',
  'sub',
  'w',
  'amazon:effect',
  'amazon:domain',
  'amazon:emotion',
]) {
  ssml[name] = rule({
    text: 'optional',
    children: ssml,
    attributes: {
      strength: true,
      time: true,
      level: true,
      'xml:lang': true,
      alphabet: true,
      ph: true,
      volume: true,
      rate: true,
      pitch: true,
      'interpret-as': true,
      role: true,
      format: true,
      alias: true,
      name: true,
      phonation: true,
      'vocal-tract-length': true,
      intensity: true,
    },
  });
}

const say = rule({
  text: 'optional',
  children: ssml,
  attributes: { voice: true, language: true, loop: NATURAL },
});
const play = rule({ text: 'optional', attributes: { loop: NATURAL, digits: true } });
const pause = rule({ attributes: { length: POSITIVE } });

const parameter = rule({ attributes: { name: true, value: true } });
const streamAttributes = {
  url: true,
  name: true,
  connectorName: true,
  audioFormat: true,
  sampleRate: true,
  statusCallback: true,
  statusCallbackMethod: METHOD,
} satisfies ElementRule['attributes'];
const connectStream = rule({
  attributes: { ...streamAttributes, track: { oneOf: ['inbound_track'] } },
  children: { Parameter: parameter },
});
const startStream = rule({
  attributes: { ...streamAttributes, track: { oneOf: ['inbound_track', 'outbound_track', 'both_tracks'] } },
  children: { Parameter: parameter },
});

const partyAttributes = {
  url: true,
  method: METHOD,
  statusCallback: true,
  statusCallbackEvent: PROGRESS,
  statusCallbackMethod: METHOD,
  machineDetection: { oneOf: ['Enable', 'DetectMessageEnd'] },
  machineDetectionTimeout: { integerFrom: 3, to: 59 },
  machineDetectionSpeechThreshold: { integerFrom: 1000, to: 6000 },
  machineDetectionSpeechEndThreshold: { integerFrom: 500, to: 5000 },
  machineDetectionSilenceTimeout: { integerFrom: 2000, to: 10_000 },
  amdStatusCallback: true,
  amdStatusCallbackMethod: METHOD,
} satisfies ElementRule['attributes'];

const dial = rule({
  text: 'optional',
  attributes: {
    action: true,
    method: METHOD,
    timeout: POSITIVE,
    timeLimit: POSITIVE,
    callerId: true,
    answerOnBridge: BOOLEAN,
    hangupOnStar: BOOLEAN,
    events: true,
    passports: true,
    record: {
      oneOf: [
        'do-not-record',
        'record-from-answer',
        'record-from-ringing',
        'record-from-answer-dual',
        'record-from-ringing-dual',
        'true',
        'false',
      ],
    },
    recordingTrack: { oneOf: ['both', 'inbound', 'outbound'] },
    referMethod: METHOD,
    referUrl: true,
    ringTone: true,
    sequential: BOOLEAN,
    ...RECORDING,
  },
  children: {
    Number: rule({ text: 'required', attributes: { ...partyAttributes, sendDigits: true, byoc: true } }),
    Sip: rule({ text: 'required', attributes: { ...partyAttributes, username: true, password: true } }),
    Client: rule({
      text: 'optional',
      attributes: partyAttributes,
      children: { Identity: rule({ text: 'required' }), Parameter: parameter },
    }),
    Conference: rule({
      text: 'required',
      attributes: {
        muted: BOOLEAN,
        beep: { oneOf: ['true', 'false', 'onEnter', 'onExit'] },
        startConferenceOnEnter: BOOLEAN,
        endConferenceOnExit: BOOLEAN,
        waitUrl: true,
        waitMethod: METHOD,
        maxParticipants: { integerFrom: 2, to: 250 },
        record: { oneOf: ['do-not-record', 'record-from-start'] },
        region: true,
        coach: true,
        statusCallback: true,
        statusCallbackMethod: METHOD,
        statusCallbackEvent: {
          everyOf: ['start', 'end', 'join', 'leave', 'mute', 'hold', 'modify', 'speaker', 'announcement'],
        },
        eventCallbackUrl: true,
        jitterBufferSize: { oneOf: ['off', 'small', 'medium', 'large'] },
        participantLabel: true,
        ...RECORDING,
      },
    }),
    Queue: rule({
      text: 'required',
      attributes: { url: true, method: METHOD, reservationSid: true, postWorkActivitySid: true },
    }),
    Application: UNSIMULATED,
    Sim: UNSIMULATED,
    WhatsApp: UNSIMULATED,
  },
});

const gather = rule({
  attributes: {
    action: true,
    method: METHOD,
    input: { everyOf: ['dtmf', 'speech'] },
    timeout: POSITIVE,
    numDigits: POSITIVE,
    finishOnKey: { oneOf: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', ''] },
    actionOnEmptyResult: BOOLEAN,
    speechTimeout: true,
    maxSpeechTime: POSITIVE,
    speechModel: true,
    enhanced: BOOLEAN,
    hints: true,
    language: true,
    profanityFilter: BOOLEAN,
    bargeIn: BOOLEAN,
    debug: BOOLEAN,
    partialResultCallback: true,
    partialResultCallbackMethod: METHOD,
  },
  children: { Say: say, Play: play, Pause: pause },
});

/** The root. */
export const RESPONSE = rule({
  children: {
    Say: say,
    Play: play,
    Pause: pause,
    Gather: gather,
    Dial: dial,
    Connect: rule({
      attributes: { action: true, method: METHOD },
      children: {
        Stream: connectStream,
        Room: UNSIMULATED,
        VirtualAgent: UNSIMULATED,
        Conversation: UNSIMULATED,
        ConversationRelay: UNSIMULATED,
        AiSession: UNSIMULATED,
        Autopilot: UNSIMULATED,
      },
    }),
    Start: rule({
      attributes: { action: true, method: METHOD },
      children: {
        Stream: startStream,
        Siprec: UNSIMULATED,
        Transcription: UNSIMULATED,
        Recording: UNSIMULATED,
      },
    }),
    Stop: rule({
      children: {
        Stream: rule({ attributes: { name: true } }),
        Siprec: UNSIMULATED,
        Transcription: UNSIMULATED,
        Recording: UNSIMULATED,
      },
    }),
    Redirect: rule({ text: 'required', attributes: { method: METHOD } }),
    Hangup: rule({}),
    Reject: rule({ attributes: { reason: { oneOf: ['rejected', 'busy'] } } }),
    Enqueue: rule({
      text: 'optional',
      attributes: {
        action: true,
        method: METHOD,
        waitUrl: true,
        waitUrlMethod: METHOD,
        workflowSid: true,
        maxQueueSize: { integerFrom: 1, to: 5000 },
      },
      children: { Task: UNSIMULATED },
    }),
    Leave: rule({}),
    Message: rule({
      text: 'optional',
      attributes: { to: true, from: true, action: true, method: METHOD, statusCallback: true },
      children: { Body: rule({ text: 'required' }), Media: rule({ text: 'required' }) },
    }),
    Sms: rule({
      text: 'required',
      attributes: { to: true, from: true, action: true, method: METHOD, statusCallback: true },
    }),
    Pay: UNSIMULATED,
    Prompt: UNSIMULATED,
    Record: UNSIMULATED,
    Refer: UNSIMULATED,
  },
});
