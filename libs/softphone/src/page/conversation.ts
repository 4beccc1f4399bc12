import type { RelayMessage } from '../wire/control-messages.ts';

const PARTIES = { agent: 'Agent', caller: 'You' } as const;
const UNWRITTEN = '(not understood)';
const TOOL_STATES = {
  called: 'working',
  ok: 'done',
  refused: 'refused',
  failed: 'failed',
  'timed-out': 'no answer in time',
  cancelled: 'stopped',
} as const;
/** Entries shown; the oldest go first. */
const MAX_ENTRIES = 500;

/** The list of what was said and done, in order; a later message about an entry replaces it. */
export class Conversation {
  private readonly entries = new Map<string, HTMLElement>();

  constructor(
    private readonly list: HTMLElement,
    private readonly empty: HTMLElement,
  ) {}

  show(message: RelayMessage): void {
    switch (message.type) {
      case 'said': {
        const { party, text, isInterrupted } = message;
        const words = text === '' ? UNWRITTEN : text;
        this.put(`${party} ${message.id}`, party, PARTIES[party], isInterrupted ? `${words} …` : words);
        return;
      }
      case 'tool':
        this.put(
          `tool ${message.id}`,
          'tool',
          `${words(message.name)}: ${TOOL_STATES[message.state]}`,
          '',
          message.details,
        );
        return;
      case 'note':
        this.note(message.text);
        return;
      default:
        return; // Not for the list.
    }
  }

  note(text: string): void {
    this.put(`note ${this.entries.size} ${performance.now()}`, 'note', '', text);
  }

  clear(): void {
    this.entries.clear();
    this.list.replaceChildren();
    this.empty.hidden = false;
  }

  private put(key: string, kind: string, title: string, text: string, details?: string): void {
    const entry = this.entries.get(key) ?? this.add(key, kind);
    const parts: Node[] = [];
    if (title) parts.push(element('span', kind === 'tool' ? 'name' : 'party', title));
    if (text) parts.push(document.createTextNode(text));
    if (details) parts.push(this.details(entry, details));
    entry.replaceChildren(...parts);
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** Returns arguments and result of a tool, folded until somebody wants to see them. */
  private details(entry: HTMLElement, latest: string): HTMLElement {
    const earlier = [...entry.querySelectorAll('code')].map(({ textContent }) => textContent);
    const folded = element('details', '', '');
    const lines = [...new Set([...earlier, latest])].map((line) => element('code', '', line));
    folded.append(element('summary', '', 'details'), ...lines);
    return folded;
  }

  private add(key: string, kind: string): HTMLElement {
    const entry = element('li', kind, '');
    this.entries.set(key, entry);
    this.list.append(entry);
    this.empty.hidden = true;
    if (this.entries.size > MAX_ENTRIES) {
      const [oldest] = this.entries.keys();
      this.entries.get(oldest ?? '')?.remove();
      this.entries.delete(oldest ?? '');
    }
    return entry;
  }
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}
