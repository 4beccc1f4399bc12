import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { age } from '../format/format.ts';
import { useWords } from '../words/index.ts';

/** What a view that follows live data knows about its age. */
export interface Freshness {
  /** When the newest answer came; 0 for never. */
  readonly updatedAt: number;
  readonly isFailing: boolean;
}

/** Data older than this is no longer called live. */
const LIVE_MS = 6_000;
/** Data older than this must not be acted upon. */
export const STALE_MS = 15_000;
const TICK_MS = 1_000;
/** A timer of a second that is this late: the tab or the machine slept. */
const SLEPT_MS = 30_000;

interface FreshnessStore {
  readonly current: Freshness | null;
  readonly report: (freshness: Freshness | null) => void;
}
export const FreshnessContext = createContext<FreshnessStore>({ current: null, report: () => undefined });

/** Tells the header how old the data of this view is, while it is shown. */
export function useReportFreshness({ updatedAt, isFailing }: Freshness): void {
  const { report } = useContext(FreshnessContext);
  useEffect(() => report({ updatedAt, isFailing }), [report, updatedAt, isFailing]);
  useEffect(() => () => report(null), [report]);
}

/** Returns the time, anew each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The dot in the header: live, or the age of what is shown. Absent on pages without live data. */
export function FreshnessDot() {
  const words = useWords().state;
  const { current } = useContext(FreshnessContext);
  const now = useNow();
  if (current === null || current.updatedAt === 0) return null;
  const ageMs = now - current.updatedAt;
  const isLive = !current.isFailing && ageMs < LIVE_MS;
  const state = isLive ? 'live' : current.isFailing || ageMs > STALE_MS ? 'lost' : 'old';
  return (
    <span className="freshness" data-state={state} title={words.asOf(age(ageMs))}>
      <span className="freshness-dot" aria-hidden="true" />
      {isLive ? words.live : words.asOf(age(ageMs))}
      {current.isFailing && ` · ${words.disconnected}`}
    </span>
  );
}

/** Notices that the tab slept, loads everything again and says for how long it was away. */
export function SleepNotice() {
  const words = useWords().state;
  const queries = useQueryClient();
  const [sleptMs, setSlept] = useState<number | null>(null);
  useEffect(() => {
    let last = Date.now();
    const timer = setInterval(() => {
      const lateMs = Date.now() - last - TICK_MS;
      last = Date.now();
      if (lateMs < SLEPT_MS) return;
      setSlept(lateMs);
      void queries.invalidateQueries().then(() => setSlept(null));
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [queries]);
  if (sleptMs === null) return null;
  return (
    <div role="status" className="notice">
      {words.slept(age(sleptMs))}
    </div>
  );
}
