import type { RunningPlatform } from '@tandem/commands/platform';

/** Bookings of these people stand still in the middle of their transaction until they are let go. */
export async function holdBookings(platform: RunningPlatform): Promise<() => Promise<void>> {
  const runner = platform.database.createQueryRunner();
  await runner.connect();
  await runner.query('BEGIN');
  await runner.query(`SET LOCAL idle_in_transaction_session_timeout = 0`);
  await runner.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('booking:' || id, 0)) FROM resources ORDER BY id`,
  );
  return async () => {
    await runner.query('COMMIT');
    await runner.release();
  };
}
