// Imports go down the stages only: cli → runtime → compiler → grammar, diagnostics. See docs and the style page.
const below = (from, to, comment) => ({
  name: `${from.replaceAll('/', '-')}-imports-down`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: to },
});

module.exports = {
  forbidden: [
    below('grammar', '^src/(compiler|runtime|cli)/', 'the grammar knows nothing of what is made of its tree'),
    below('compiler', '^src/(runtime|cli)/', 'the compiler is values in, values out'),
    below('runtime', '^src/cli/', 'the runtime does not know the command line'),
    {
      name: 'diagnostics-only-places',
      comment: 'of the grammar, diagnostics need places in sources only',
      severity: 'error',
      from: { path: '^src/diagnostics/' },
      to: { path: '^src/', pathNot: ['^src/diagnostics/', '^src/grammar/source\\.ts$'] },
    },
    {
      name: 'runs-in-a-browser',
      comment: 'grammar, diagnostics and compiler use nothing of Node',
      severity: 'error',
      from: { path: '^src/(grammar|diagnostics|compiler)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'graph-is-the-ground',
      comment: 'the graph is what checker, lowering and targets share; it knows their types at most',
      severity: 'error',
      from: { path: '^src/compiler/graph/' },
      to: {
        path: '^src/compiler/(check|lower|differentiate|optimize|targets)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      comment: 'types may refer to each other, code may not; expressions, calls, loops, states and built-ins evaluate one another',
      severity: 'error',
      from: { pathNot: '^src/compiler/check/(expression|call|builtins/|loops|gradient|states|special-forms)' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-packages',
      comment: 'what ships uses only what package.json installs for users',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'resolvable',
      comment: 'every import leads to a file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.build.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
