import { Module } from '@nestjs/common';
import { SignInAttempts } from '@tandem/call-state';
import { SessionRepository, SignInRepository, TenantRepository, UserRepository } from '@tandem/database';
import { CallStateModule, DatabaseModule } from '@tandem/platform';
import { MeController } from '../me/me.controller.ts';
import { Me } from '../me/me.service.ts';
import { Oidc } from './oidc.service.ts';
import { OidcController } from './oidc.controller.ts';
import { Passwords } from './passwords.service.ts';
import { SecondFactor } from './second-factor.service.ts';
import { SessionController } from './session.controller.ts';
import { SignInController } from './sign-in.controller.ts';
import { SignIn } from './sign-in.service.ts';
import { SignInSweeper } from './sign-in-sweeper.ts';

/** How people sign in, and what is their own. */
@Module({
  imports: [
    DatabaseModule.forFeature(SessionRepository, SignInRepository, TenantRepository, UserRepository),
    CallStateModule.forFeature(SignInAttempts),
  ],
  controllers: [SignInController, OidcController, SessionController, MeController],
  providers: [SignIn, SignInSweeper, Oidc, Passwords, SecondFactor, Me],
})
export class SignInModule {}
