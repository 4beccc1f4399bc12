import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { addExamples } from './examples.ts';
import { addRateHeaders } from './rate-headers.ts';

export interface OpenApiAbout {
  readonly title: string;
  readonly description: string;
}

/** Returns the OpenAPI document of a service's routes; the app need not be started. */
export function openApiDocument(app: INestApplication, about: OpenApiAbout): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle(about.title)
    .setDescription(`${about.description} Errors are RFC 9457 problem details; decide by \`code\`.`)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (tk_…) or a service token.' })
    .build();
  const document = SwaggerModule.createDocument(app, description);
  addExamples(document);
  addRateHeaders(document);
  return document;
}

/** Serves the page at /docs and the document at /openapi.json. */
export function serveOpenApi(app: NestExpressApplication, about: OpenApiAbout): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, about), {
    customSiteTitle: about.title,
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}
