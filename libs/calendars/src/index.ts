export {
  adapterOf,
  calendarApps,
  CALENDAR_KINDS,
  isCalendarKind,
  openCalendar,
  type CalendarApps,
  type CalendarKind,
  type OpenCalendar,
} from './adapters.ts';
export type { CalendarApp } from './calendar-app.ts';
export {
  CALENDAR_DETAILS,
  toCalendarEvent,
  type CalendarDetail,
  type CalendarEvent,
  type ShownBooking,
} from './calendar-event.ts';
export { CalendarFault } from './calendar-fault.ts';
export type { HttpClient } from './http/calendar-http.ts';
export { writeCalendar } from './icalendar/write-calendar.ts';
export { authorizationUrl, exchangeCode } from './oauth/oauth-client.ts';
export type { BusyTime, CalendarProvider, WrittenEvent } from './ports/calendar-provider.ts';
