import { adapterOf, isCalendarKind } from '@tandem/calendars';

/** Returns whether the owner of such a calendar agrees on a page of its provider. */
export const isOpenedByOAuth = (kind: string): boolean =>
  isCalendarKind(kind) && adapterOf(kind).access === 'oauth';
