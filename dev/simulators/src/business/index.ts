export { readCalendarObject, type ReadEvent } from './icalendar/calendar-object.ts';
