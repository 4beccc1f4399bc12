import { Module } from '@nestjs/common';
import { SignInRepository, UserRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { SealedLinks } from './sealed-links.ts';
import { UsersController } from './users.controller.ts';
import { UsersService } from './users.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(SignInRepository, UserRepository)],
  controllers: [UsersController],
  providers: [UsersService, SealedLinks],
  exports: [UsersService, SealedLinks],
})
export class UsersModule {}
