import { Module } from '@nestjs/common';
import { ApiKeyRepository, TenantRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { ApiKeysModule } from '../api-keys/api-keys.module.ts';
import { UsersModule } from '../users/users.module.ts';
import { OwnTenantController } from './tenant.controller.ts';
import { TenantsController } from './tenants.controller.ts';
import { TenantsService } from './tenants.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(ApiKeyRepository, TenantRepository), ApiKeysModule, UsersModule],
  controllers: [OwnTenantController, TenantsController],
  providers: [TenantsService],
})
export class TenantsModule {}
