/** The tables of one kind of delivery: what receives, what is on its way, and the column that joins them. */
export interface DeliveryTables {
  readonly owners: string;
  readonly deliveries: string;
  readonly owner: string;
}

export const WEBHOOK_TABLES: DeliveryTables = {
  owners: 'webhook_endpoints',
  deliveries: 'webhook_deliveries',
  owner: 'endpoint_id',
};
export const CRM_TABLES: DeliveryTables = {
  owners: 'crm_connections',
  deliveries: 'crm_deliveries',
  owner: 'connection_id',
};
