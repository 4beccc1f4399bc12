import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { loadSwagger } from './api-description.ts';
import { addExamples } from './examples.ts';
import { addRateHeaders } from './rate-headers.ts';

export interface OpenApiAbout {
  readonly title: string;
  readonly description: string;
  /** Whether people sign in. */
  readonly hasSessions?: boolean;
}

type Swagger = Awaited<ReturnType<typeof loadSwagger>>;

/** Returns the OpenAPI document of a service's routes; the app need not be started. */
export async function openApiDocument(app: INestApplication, about: OpenApiAbout): Promise<OpenAPIObject> {
  return documentOf(await loadSwagger(), app, about);
}

/** Serves the page at /docs and the document at /openapi.json. */
export async function serveOpenApi(app: NestExpressApplication, about: OpenApiAbout): Promise<void> {
  const swagger = await loadSwagger();
  swagger.SwaggerModule.setup('docs', app, () => documentOf(swagger, app, about), {
    customSiteTitle: about.title,
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}

function documentOf(swagger: Swagger, app: INestApplication, about: OpenApiAbout): OpenAPIObject {
  const builder = new swagger.DocumentBuilder()
    .setTitle(about.title)
    .setDescription(`${about.description} Errors are RFC 9457 problem details; decide by \`code\`.`)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (tk_…) or a service token.' });
  if (about.hasSessions)
    builder.addCookieAuth('tandem', {
      type: 'apiKey',
      in: 'cookie',
      description: 'The session of a signed-in user; `__Host-tandem` over TLS.',
    });
  const document = swagger.SwaggerModule.createDocument(app, builder.build());
  addExamples(document);
  addRateHeaders(document);
  return document;
}
