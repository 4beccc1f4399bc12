import { Module } from '@nestjs/common';
import { consoleFolder } from './console-files.ts';
import { CONSOLE_FOLDER } from './console-tokens.ts';
import { ConsoleController } from './console.controller.ts';

@Module({
  controllers: [ConsoleController],
  providers: [{ provide: CONSOLE_FOLDER, useFactory: consoleFolder }],
})
export class ConsoleModule {}
