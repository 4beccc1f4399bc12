const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const two = (value: number): string => String(value).padStart(2, '0');

/** Returns m:ss, or h:mm:ss from an hour on. */
export function duration(ms: number | null): string {
  if (ms === null) return '—';
  const s = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes, seconds] = [Math.floor(s / HOUR_S), Math.floor(s / MINUTE_S) % 60, s % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Returns a position in a call, to the tenth of a second: 1:23.4. */
export function position(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  return `${duration(Math.floor(tenths / 10) * 1_000)}.${tenths % 10}`;
}

/** Returns the seconds of a stretch of speech: 1.8 s. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Returns an age in its largest unit: 12 s, 4 min, 3 h, 2 d. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000));
  if (s < MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} min`;
  return s < DAY_S ? `${Math.floor(s / HOUR_S)} h` : `${Math.floor(s / DAY_S)} d`;
}

/** Returns whole milliseconds, the one unit of latencies. */
export const latency = (ms: number | null): string => (ms === null ? '—' : `${Math.round(ms)} ms`);

/** Returns US dollars; four digits below ten cents, where calls differ. */
export function money(usd: number | null, locale: string): string {
  if (usd === null) return '—';
  const digits = Math.abs(usd) < 0.1 && usd !== 0 ? 4 : 2;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(usd);
}

/** Returns a number as people write it: +1 202 555 0123. Other texts stay as they are. */
export function phone(text: string): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(text);
  return american ? `+1 ${american[1]} ${american[2]} ${american[3]}` : text;
}

/** Returns `kind-of-thing` as `Kind of thing`. */
export const sentence = (code: string): string =>
  code === '' ? '' : code[0]!.toUpperCase() + code.slice(1).replaceAll(/[-_]/g, ' ');

/** Dates and times of one zone in one language. */
export class Clock {
  private readonly full: Intl.DateTimeFormat;
  private readonly time: Intl.DateTimeFormat;
  private readonly day: Intl.DateTimeFormat;

  constructor(
    locale: string,
    /** IANA name. */
    readonly zone: string,
  ) {
    const hours = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    this.full = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      ...{ year: 'numeric', month: 'short', day: 'numeric' },
      ...hours,
    });
    this.time = new Intl.DateTimeFormat(locale, { timeZone: zone, ...hours });
    this.day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  }

  /** Returns date and time with seconds. */
  at(instant: string | null): string {
    return instant === null ? '—' : this.full.format(new Date(instant));
  }

  /** Returns the time alone where the instant is of today, else both. */
  short(instant: string, now = new Date()): string {
    const at = new Date(instant);
    return this.day.format(at) === this.day.format(now) ? this.time.format(at) : this.full.format(at);
  }

  /** Returns the start of a day of the zone, as an instant. @param date yyyy-mm-dd */
  startOf(date: string): string {
    const guess = Date.parse(`${date}T00:00:00Z`);
    // Twice, because the shift may differ on the two sides of a change of the clocks.
    const first = guess - this.shiftMs(guess);
    return new Date(guess - this.shiftMs(first)).toISOString();
  }

  private shiftMs(at: number): number {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: this.zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    }).formatToParts(at);
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
    const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    return local - Math.floor(at / 1_000) * 1_000;
  }
}
