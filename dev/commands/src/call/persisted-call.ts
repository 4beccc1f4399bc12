import type { CallId } from '@tandem/contracts';
import {
  BookingRepository,
  CallRepository,
  createDataSource,
  DEMO_TENANT_ID,
  type Booking,
  type CallDetail,
} from '@tandem/database';

export interface PersistedCall {
  readonly call: CallDetail;
  readonly booking: Booking | null;
}

const PATIENCE_MS = 15_000;
const POLL_MS = 200;

/** Returns the rows of an ended call with its booking, if there is one; null when they come too late. */
export async function persistedCall(databaseUrl: string, callId: CallId): Promise<PersistedCall | null> {
  const dataSource = await createDataSource({ url: databaseUrl, poolSize: 2 }).initialize();
  try {
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      const call = await new CallRepository(dataSource).get(DEMO_TENANT_ID, callId);
      if (call?.endedAt) return { call, booking: await bookingOf(new BookingRepository(dataSource), call) };
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return null;
  } finally {
    await dataSource.destroy();
  }
}

async function bookingOf(bookings: BookingRepository, call: CallDetail): Promise<Booking | null> {
  const { items } = await bookings.list(DEMO_TENANT_ID, {}, { limit: 100 });
  return items.find((booking) => booking.callId === call.callId) ?? null;
}
