import type { Generator } from './generator.ts';

export const route: Generator = {
  name: 'route',
  about: "a route of the operators' API, in a feature of control-api: route spending/refunds",
  isInFeature: true,
  changes: ({ kebab, pascal, feature }) => {
    const folder = `services/control-api/src/${feature}`;
    return [
      { path: `${folder}/${kebab}.dto.ts`, template: 'route/dto' },
      { path: `${folder}/${kebab}.service.ts`, template: 'route/service' },
      { path: `${folder}/${kebab}.controller.ts`, template: 'route/controller' },
      {
        path: `${folder}/${feature}.module.ts`,
        insert: [
          {
            anchor: /\n(?:\/\*\*[^]*?\*\/\n)?@Module/,
            text:
              `import { ${pascal}Controller } from './${kebab}.controller.ts';\n` +
              `import { ${pascal}Service } from './${kebab}.service.ts';\n`,
            where: 'before',
          },
          { anchor: 'controllers: [', text: `${pascal}Controller, `, where: 'after' },
          { anchor: 'providers: [', text: `${pascal}Service, `, where: 'after' },
        ],
      },
    ];
  },
  next: ({ kebab, feature }) => [
    `answer from a repository of libs/database in services/control-api/src/${feature}/${kebab}.service.ts`,
    'a route with a body, a parameter or another scope has its line in ' +
      'services/control-api/src/test/routes.ts',
  ],
};
