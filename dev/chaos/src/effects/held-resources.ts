import type { RunningPlatform } from '@tandem/commands/platform';

/** Blocks the bookings of these people in the middle of their transaction until released. */
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
