import { asString, isObject, type JsonObject } from '../wire/json.ts';
import {
  ASIDE,
  isAside,
  latestToolOutput,
  verbatimRequest,
  type Behaviour,
  type Brain,
  type PlanStep,
  type ResponsePlan,
  type ResponseRequest,
} from './behaviour.ts';
import { argumentsFor, fieldsIn, slotsIn, type Known } from './tool-arguments.ts';

export interface GuidedOptions {
  readonly greeting?: string;
  readonly firstByteMs?: number;
  /** Assumptions about a caller whose words are not known. */
  readonly caller?: {
    readonly name?: string;
    readonly phone?: string;
    readonly service?: string;
    readonly date?: string;
    readonly time?: string;
  };
}

type Stage = 'greeting' | 'wish' | 'offer' | 'booked' | 'over';

/** The tools the dialogue uses, by the names Tandem declares; it works without those the session lacks. */
const TOOLS = {
  lookUp: 'lookup_customer',
  check: 'check_availability',
  book: 'book_appointment',
  end: 'end_call',
} as const;

/**
 * A small booking dialogue by rules: greets, asks what the caller wants, looks the caller up, checks times,
 * offers one, books on yes, offers the next on no, says goodbye and ends the call. It reads the caller's
 * words when a test gives them and takes silence for consent, so that a call without a script is completed
 * too.
 */
export function guided(options: GuidedOptions = {}): Behaviour {
  return { name: 'guided', needsAudio: false, open: () => new GuidedBrain(options) };
}

const YES = /\b(yes|yeah|sure|ok|okay|fine|perfect|great|book|good|works)\b/i;
const NO = /\b(no|nope|not|another|other|later|earlier|different)\b/i;
const NO_FIRST = /^\W*(no|nope|not)\b/i;
const BYE = /\b(bye|goodbye|nothing|that'?s all|that is all|no thanks|no thank you)\b/i;
const NAME = /\b(?:[Mm]y name is|[Tt]his is|I am|I'm)\s+([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?)/;
const SERVICE = /\b(haircut|massage|check-?up|cleaning|consultation|repair|appointment|inspection)\b/i;
/** Fields whose value is not passed from one tool's output to the next, unless it comes from an offer. */
const TIMELY = /start|end|date|time|slot|when|status|message/i;
const PHONE = /\+\d{7,15}/;

class GuidedBrain implements Brain {
  private readonly options: GuidedOptions;
  private stage: Stage = 'greeting';
  private heard = 0;
  private hasLookedUp = false;
  private offers: { start: string; fields: JsonObject }[] = [];
  private offer = 0;
  private readonly seen: JsonObject = {};
  private name: string | null = null;
  private service: string | null = null;

  constructor(options: GuidedOptions) {
    this.options = options;
  }

  respond(request: ResponseRequest): ResponsePlan {
    const asked = verbatimRequest(request.ownInstructions);
    if (asked !== null) {
      if (this.stage === 'greeting') this.stage = 'wish';
      return this.plan([{ say: asked }]);
    }
    if (isAside(request)) return this.plan([{ say: ASIDE }]);
    const output = latestToolOutput(request.context);
    if (output) return this.plan(this.afterTool(output, request));
    const words = this.listen(request);
    return this.plan(
      request.cause === 'idle' ? [{ say: 'Are you still there?' }] : this.answer(words, request),
    );
  }

  private plan(steps: PlanStep[]): ResponsePlan {
    return {
      steps,
      ...(this.options.firstByteMs === undefined ? {} : { firstByteMs: this.options.firstByteMs }),
    };
  }

  /** The words said since the last response; null when the caller said nothing. */
  private listen(request: ResponseRequest): string | null {
    const fresh = request.utterances.filter((utterance) => utterance.index >= this.heard);
    this.heard = (request.utterances.at(-1)?.index ?? this.heard - 1) + 1;
    const words = fresh
      .map((utterance) => utterance.text)
      .join(' ')
      .trim();
    this.name = NAME.exec(words)?.[1] ?? this.name;
    this.service = SERVICE.exec(words)?.[1]?.toLowerCase() ?? this.service;
    return fresh.length === 0 ? null : words;
  }

  private answer(words: string | null, request: ResponseRequest): PlanStep[] {
    if (this.stage === 'greeting' && words === null) {
      this.stage = 'wish';
      return [{ say: this.options.greeting ?? 'Hello, thank you for calling. How can I help you today?' }];
    }
    if (this.stage === 'offer') return this.onOffer(words ?? '', request);
    const isLeaving = words !== null && BYE.test(words);
    const isBeforeBooking = this.stage === 'greeting' || this.stage === 'wish';
    return isBeforeBooking && !isLeaving ? this.onRequest(request) : this.goodbye(request);
  }

  private onRequest(request: ResponseRequest): PlanStep[] {
    this.stage = 'wish';
    if (!this.hasLookedUp && this.find(request, TOOLS.lookUp)) {
      this.hasLookedUp = true;
      return this.call(request, TOOLS.lookUp, 'One moment, please.');
    }
    if (this.find(request, TOOLS.check)) return this.call(request, TOOLS.check);
    if (this.find(request, TOOLS.book)) return this.call(request, TOOLS.book);
    return [{ say: 'I am afraid I cannot book anything at the moment. A colleague will call you back.' }];
  }

  private onOffer(words: string, request: ResponseRequest): PlanStep[] {
    const isRefusal = NO_FIRST.test(words) || (NO.test(words) && !YES.test(words));
    if (!isRefusal) return this.call(request, TOOLS.book, 'Let me book that for you.');
    this.offer++;
    const next = this.offers[this.offer];
    return next
      ? [{ say: `What about ${spoken(next.start)}?` }]
      : this.goodbye(request, 'I am sorry, I have no other times.');
  }

  private afterTool(
    { name, output }: { name: string; output: string },
    request: ResponseRequest,
  ): PlanStep[] {
    const status = statusOf(output);
    for (const [field, value] of Object.entries(fieldsIn(output)))
      if (!TIMELY.test(field)) this.seen[field] = value;
    switch (name) {
      case TOOLS.lookUp:
        return this.onRequest(request);
      case TOOLS.check:
        return this.offerFirst(output, status);
      case TOOLS.book:
        return this.afterBooking(status, request);
      case TOOLS.end:
        return [];
      default:
        return [{ say: 'Thank you. Is there anything else I can do for you?' }];
    }
  }

  private offerFirst(output: string, status: string): PlanStep[] {
    this.offers = status === 'ok' ? slotsIn(output) : [];
    this.offer = 0;
    const first = this.offers[0];
    if (!first) return [{ say: 'I am sorry, I could not find a free time. Would another day suit you?' }];
    this.stage = 'offer';
    return [{ say: `I have ${spoken(first.start)} free. Shall I book that for you?` }];
  }

  private afterBooking(status: string, request: ResponseRequest): PlanStep[] {
    if (status === 'ok') {
      this.stage = 'booked';
      const slot = this.offers[this.offer]?.start;
      return [
        { say: `You are booked${slot === undefined ? '' : ` for ${spoken(slot)}`}. Is there anything else?` },
      ];
    }
    if (status !== 'refused') {
      this.stage = 'booked';
      return [
        {
          say:
            'I am sorry, I could not confirm that just now. A colleague will check and call you back. ' +
            'Anything else?',
        },
      ];
    }
    this.offer++;
    const next = this.offers[this.offer];
    if (next) return [{ say: `I am sorry, that time has just gone. What about ${spoken(next.start)}?` }];
    this.stage = 'wish';
    return this.find(request, TOOLS.check)
      ? this.call(request, TOOLS.check, 'That time has just gone, let me look again.')
      : this.goodbye(request);
  }

  private goodbye(request: ResponseRequest, before = ''): PlanStep[] {
    const isFirst = this.stage !== 'over';
    this.stage = 'over';
    const say = `${before} Thank you for calling. Goodbye.`.trim();
    return isFirst && this.find(request, TOOLS.end) ? this.call(request, TOOLS.end, say) : [{ say }];
  }

  private find(request: ResponseRequest, name: string): JsonObject | undefined {
    return request.tools.find((tool) => tool['name'] === name);
  }

  private call(request: ResponseRequest, name: string, say?: string): PlanStep[] {
    const tool = this.find(request, name);
    const saying = say === undefined ? [] : [{ say }];
    return tool ? [...saying, { call: name, arguments: argumentsFor(tool, this.known(request)) }] : saying;
  }

  private known(request: ResponseRequest): Known {
    const assumed = {
      name: 'Alex Example',
      phone: '+15550100123',
      service: 'consultation',
      date: tomorrow(),
      time: '10:00',
      ...this.options.caller,
    };
    const offer = this.offers[this.offer];
    return {
      ...assumed,
      name: this.name ?? assumed.name,
      phone: PHONE.exec(request.instructions)?.[0] ?? assumed.phone,
      service: this.service ?? assumed.service,
      slot: offer?.start ?? null,
      seen: { ...this.seen, ...offer?.fields },
    };
  }
}

/** The `status` Tandem's tool outputs carry; output of another shape counts as ok. */
function statusOf(output: string): string {
  try {
    const parsed: unknown = JSON.parse(output);
    return isObject(parsed) ? (asString(parsed['status']) ?? 'ok') : 'ok';
  } catch {
    return 'ok';
  }
}

function spoken(start: string): string {
  const [date = '', time = ''] = start.split(/[T ]/);
  return `${date} at ${time.slice(0, 5)}`;
}

function tomorrow(): string {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}
