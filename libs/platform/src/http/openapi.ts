import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadSwagger } from './api-description.ts';
import { addExamples } from './examples.ts';
import { addRateHeaders } from './rate-headers.ts';

/** Serves the page at /docs and the document at /openapi.json. */
export async function serveOpenApi(
  app: NestExpressApplication,
  about: {
    readonly title: string;
    readonly description: string;
    /** Whether people sign in. */
    readonly hasSessions?: boolean;
  },
): Promise<void> {
  const { DocumentBuilder, SwaggerModule } = await loadSwagger();
  const builder = new DocumentBuilder()
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
  const description = builder.build();
  const create = () => {
    const document = SwaggerModule.createDocument(app, description);
    addExamples(document);
    addRateHeaders(document);
    return document;
  };
  SwaggerModule.setup('docs', app, create, {
    customSiteTitle: about.title,
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}
