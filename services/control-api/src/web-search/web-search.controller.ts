import { Body, Get, Put } from '@nestjs/common';
import { WebSearchHostsRepository } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { putSearchHostsSchema, searchHostsSchema, type PutSearchHosts } from './web-search.dto.ts';

/** The hosts that agents with the tool `web_search` may find. A running call keeps those it started with. */
@TenantController('web-search', ADMIN_SCOPES)
export class WebSearchController {
  constructor(private readonly hosts: WebSearchHostsRepository) {}

  @Get()
  @Endpoint({ summary: 'Hosts that agents may find on the web', success: { schema: searchHostsSchema } })
  get(@CurrentPrincipal() { tenantId }: Principal) {
    return this.hosts.get(tenantId);
  }

  @Put()
  @Endpoint({
    summary: 'Set the hosts that agents may find on the web',
    description: 'Both lists are replaced; one left out is empty. Applies from the next call on.',
    success: { schema: searchHostsSchema },
  })
  async put(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: putSearchHostsSchema }) body: PutSearchHosts,
  ) {
    await this.hosts.put(tenantId, body);
    return body;
  }
}
