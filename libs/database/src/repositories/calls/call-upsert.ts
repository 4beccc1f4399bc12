import type { Transaction } from '../../connection/unit-of-work.ts';
import type { CallRecord, RefusedCall } from '../../entities/call-record.ts';
import { CallRow } from '../../entities/call.entities.ts';
import { toRefusedRow, toRow } from './call-rows.ts';

/** Writes the row of a folded call; returns whether it is now the one of this fold. */
export async function upsertCall(transaction: Transaction, call: CallRecord): Promise<boolean> {
  const { columns } = transaction.dataSource.getMetadata(CallRow);
  const replaced = columns.filter(({ isPrimary }) => !isPrimary).map(({ databaseName }) => databaseName);
  const written = await transaction
    .createQueryBuilder()
    .insert()
    .into(CallRow)
    .values(toRow(call))
    .orUpdate(replaced, ['id'], {
      overwriteCondition: {
        where: 'calls.tenant_id = excluded.tenant_id AND calls.event_count <= excluded.event_count',
      },
    })
    .returning('id')
    .execute();
  return (written.raw as unknown[]).length === 1;
}

/** Writes the row of a refused call; returns whether it did. */
export async function upsertRefusal(transaction: Transaction, call: RefusedCall): Promise<boolean> {
  const written = await transaction
    .createQueryBuilder()
    .insert()
    .into(CallRow)
    .values(toRefusedRow(call))
    .orUpdate(['refusal_reason'], ['id'], {
      overwriteCondition: {
        where:
          "calls.tenant_id = excluded.tenant_id AND calls.refusal_reason = 'abandoned' " +
          "AND excluded.refusal_reason = 'callback-requested'",
      },
    })
    .returning('id')
    .execute();
  return (written.raw as unknown[]).length === 1;
}
