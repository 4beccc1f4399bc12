import type * as Swagger from '@nestjs/swagger';

/*
 * The library of the OpenAPI document is a third of what a service loads. Only a service that serves the
 * document loads it, when it starts; until then the descriptions wait.
 */

type AnyDecorator = ClassDecorator | MethodDecorator;

const waiting: ((swagger: typeof Swagger) => void)[] = [];

/** Returns a decorator that describes a controller or a route, should its service serve a document. */
export function described(
  by: (swagger: typeof Swagger) => readonly AnyDecorator[],
): ClassDecorator & MethodDecorator {
  return (...decorated: readonly unknown[]) =>
    void waiting.push((swagger) => {
      for (const decorate of by(swagger)) (decorate as (...of: readonly unknown[]) => void)(...decorated);
    });
}

/** Loads the library, gives it every description, and returns it. */
export async function loadSwagger(): Promise<typeof Swagger> {
  const swagger = await import('@nestjs/swagger');
  for (const describe of waiting.splice(0)) describe(swagger);
  return swagger;
}
