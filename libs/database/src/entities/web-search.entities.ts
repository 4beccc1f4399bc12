import type { TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The hosts that a tenant's agents may find on the web; none for a tenant without limits. */
@Entity({ name: 'web_search_hosts' })
export class WebSearchHostsRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text', array: true, default: '{}' }) allowed!: string[];
  @Column({ type: 'text', array: true, default: '{}' }) denied!: string[];
}
