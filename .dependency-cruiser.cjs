// Border net 2: what Nx cannot see inside a project. Every rule is an error.
module.exports = {
  forbidden: [
    {
      name: 'no-import-cycles',
      comment: 'A knot of files cannot be read in order, whether its imports run or are types only.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'ports-and-audio-stand-alone',
      comment: 'Adapters build on ports and audio; if those knew the session, every adapter would.',
      severity: 'error',
      from: { path: '^libs/conversation/src/(ports|audio)/' },
      to: { path: '^libs/conversation/src/session/' },
    },
    {
      name: 'conversation-does-no-io',
      severity: 'error',
      from: { path: '^libs/(conversation|contracts)/src/', pathNot: '\\.(spec|bench)\\.ts$' },
      to: { path: '^(node:)?(net|http|https|fs|dgram|child_process|tls|dns)(/|$)' },
    },
    {
      name: 'production-does-not-import-tests',
      severity: 'error',
      from: {
        path: '^(libs|services)/',
        pathNot: '\\.(spec|bench|conformance)\\.ts$|/testing/|/test/|/bench/',
      },
      to: { path: '\\.(spec|conformance)\\.ts$|/testing/|/test/|^dev/' },
    },
    {
      name: 'tool-handlers-run-in-the-worker-only',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: '^(services/tool-worker|libs/tools)/' },
      to: { path: '^libs/tools/src/(handlers|[^/]+/handler)\\.ts$' },
    },
    {
      name: 'relay-has-no-database',
      severity: 'error',
      from: { path: '^services/media-relay/' },
      to: { path: '^libs/database/|node_modules/(typeorm|pg)/' },
    },
    {
      name: 'ingress-decides-without-a-carrier',
      comment: 'Its rooms return a CarrierInstruction; a carrier’s adapter renders it.',
      severity: 'error',
      from: { path: '^services/call-ingress/src/[^/]+/', pathNot: '^services/call-ingress/src/carriers/' },
      to: { path: '^services/call-ingress/src/carriers/|^libs/telephony/|node_modules/twilio/' },
    },
    {
      name: 'services-do-not-know-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: {
        path: '^(libs|services)/',
        // The page of the console is bundled: nothing of its packages is installed where it is served.
        pathNot: '\\.(spec|bench|conformance)\\.ts$|/test/|/testing/|/bench/|^services/console/src/',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The second is written by a generator.
    exclude: { path: '(^|/)dist/|^services/console/src/api/generated/' },
    tsPreCompilationDeps: 'specify',
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['tandem-source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
    moduleSystems: ['es6', 'cjs'],
    reporterOptions: { text: { highlightFocused: true } },
  },
};
