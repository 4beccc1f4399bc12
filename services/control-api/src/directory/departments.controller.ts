import { Body, Delete, Get, Param, Put } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { keyParameterSchema, type KeyParameter } from '../http/fields.ts';
import {
  departmentsSchema,
  fromPut,
  putDepartmentSchema,
  toDepartmentsDto,
  type PutDepartment,
} from './department.dto.ts';
import { DepartmentsService } from './departments.service.ts';

/** The transfer targets of agents. A running call keeps the directory it started with. */
@TenantController('departments', ADMIN_SCOPES)
export class DepartmentsController {
  constructor(private readonly departments: DepartmentsService) {}

  @Get()
  @Endpoint({ summary: 'Departments, by key', success: { schema: departmentsSchema } })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return toDepartmentsDto(await this.departments.list(tenantId));
  }

  @Put(':key')
  @Endpoint({
    summary: 'Make a department, or change it',
    success: { status: 204 },
    problems: { 422: '`too-many-departments`' },
  })
  async put(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: keyParameterSchema }) { key }: KeyParameter,
    @Body({ schema: putDepartmentSchema }) body: PutDepartment,
  ): Promise<void> {
    await this.departments.put(tenantId, fromPut(key, body));
  }

  @Delete(':key')
  @Endpoint({
    summary: 'Delete a department',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: keyParameterSchema }) { key }: KeyParameter,
  ): Promise<void> {
    await this.departments.delete(tenantId, key);
  }
}
