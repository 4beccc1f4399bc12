/*
 * Appointments of a few people who work round the clock, as plainly as the rules can be said: a list that is
 * looked through. It shares no code with the product, and the two are compared (plain-diary.int.spec.ts).
 */

export interface PlainAppointment {
  readonly id: string;
  personId: string;
  startMs: number;
  state: 'held' | 'booked' | 'cancelled';
  /** When a hold ends; counts while it is held alone. */
  readonly heldUntilMs: number;
}

/** The answer to a request. */
export type PlainAnswer =
  'done' | 'slot-taken' | 'hold-expired' | 'booking-cancelled' | 'booking-not-confirmed';

export class PlainDiary {
  readonly appointments: PlainAppointment[] = [];
  nowMs = 0;

  constructor(
    private readonly people: readonly string[],
    private readonly lengthMs: number,
  ) {}

  /** Returns the people nobody has then; an appointment that is moved is left out. */
  free(startMs: number, moved?: PlainAppointment): string[] {
    const isTaken = (personId: string) =>
      this.appointments.some(
        (other) =>
          other !== moved &&
          other.personId === personId &&
          this.stands(other) &&
          other.startMs < startMs + this.lengthMs &&
          startMs < other.startMs + this.lengthMs,
      );
    return this.people.filter((personId) => !isTaken(personId));
  }

  stands({ state, heldUntilMs }: PlainAppointment): boolean {
    return state === 'booked' || (state === 'held' && this.nowMs < heldUntilMs);
  }

  /** Returns the status that is shown. */
  status(one: PlainAppointment): string {
    return one.state === 'held' && !this.stands(one) ? 'expired' : one.state;
  }

  confirm(one: PlainAppointment): PlainAnswer {
    const status = this.status(one);
    if (status === 'expired') return 'hold-expired';
    if (status === 'cancelled') return 'booking-cancelled';
    one.state = 'booked';
    return 'done';
  }

  /** A cancelled one stays so, and a hold that is over stays over. */
  cancel(one: PlainAppointment): PlainAnswer {
    if (this.stands(one)) one.state = 'cancelled';
    return 'done';
  }

  /** Returns whether it can be moved; the product says to whom. */
  move(one: PlainAppointment, startMs: number): PlainAnswer {
    const status = this.status(one);
    if (status === 'expired') return 'hold-expired';
    if (status === 'cancelled') return 'booking-cancelled';
    if (status === 'held') return 'booking-not-confirmed';
    return this.free(startMs, one).length > 0 ? 'done' : 'slot-taken';
  }
}
