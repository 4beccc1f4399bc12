import { Body, Delete, Get, HttpCode, Inject, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { DepartmentRepository, MAX_DEPARTMENTS } from '@tandem/database';
import { CurrentPrincipal, Problem, problemSchema, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { keyParameterSchema } from '../http/fields.ts';
import {
  departmentsSchema,
  fromPut,
  putDepartmentSchema,
  toDepartmentsDto,
  type PutDepartment,
} from './department.dto.ts';

/** Where agents may put calls through to. A running call keeps the directory it started with. */
@TenantController('departments', ADMIN_SCOPES)
export class DepartmentsController {
  constructor(@Inject(DepartmentRepository) private readonly departments: DepartmentRepository) {}

  @Get()
  @ApiOperation({ summary: 'Departments, by key' })
  @ApiResponse({ status: 200, standardSchema: departmentsSchema })
  async list(@CurrentPrincipal() caller: Principal) {
    return toDepartmentsDto(await this.departments.list(caller.tenantId));
  }

  @Put(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Make a department, or change it' })
  @ApiResponse({ status: 204 })
  @ApiResponse({ status: 422, description: '`too-many-departments`', standardSchema: problemSchema })
  async put(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: keyParameterSchema }) { key }: { key: string },
    @Body({ schema: putDepartmentSchema }) body: PutDepartment,
  ): Promise<void> {
    const outcome = await this.departments.put(caller.tenantId, fromPut(key, body));
    if (outcome === 'full')
      throw new Problem(
        422,
        'too-many-departments',
        'Too many departments',
        `A call can know of ${MAX_DEPARTMENTS} departments. Delete one first.`,
      );
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a department' })
  @ApiResponse({ status: 204, description: 'Also when it was not there.' })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: keyParameterSchema }) { key }: { key: string },
  ): Promise<void> {
    await this.departments.delete(caller.tenantId, key);
  }
}
