export {
  CALENDAR_DETAILS,
  toCalendarEvent,
  type CalendarDetail,
  type CalendarEvent,
  type ShownBooking,
} from './calendar-event.ts';
export { writeCalendar } from './icalendar/write-calendar.ts';
