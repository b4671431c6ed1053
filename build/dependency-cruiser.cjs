/**
 * Which folder may import which: the direction that data takes, as rules. Packages are the tidy test's business
 * (test/tidy.test.ts). One rule a row of the table in electron/README.md.
 */

/** Whatever `from` matches imports nothing of our own but what `to` matches. */
function only(name, from, to) {
  return {
    name,
    severity: 'error',
    from: { path: from },
    to: { path: '^(build|electron|renderer|shared|test)/', pathNot: to },
  };
}

const PURE_SHARED = '^shared/(units|problem|errors|plan/)';
const SEAMS = '^electron/engine/[^/]+\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('shared-knows-shared', '^shared/', '^shared/'),
    only('plans-are-pure', PURE_SHARED, PURE_SHARED),
    only('engine-is-a-library', '^electron/engine/', `^electron/engine/|${PURE_SHARED}`),
    only(
      'format-knows-no-files',
      '^electron/engine/format/',
      `^electron/engine/(format/|assert\\.ts)|${PURE_SHARED}`,
    ),
    only('rules-are-pure', '^electron/engine/rules/', `^electron/engine/(rules|format)/|${PURE_SHARED}`),
    only(
      'log-knows-no-inspect',
      '^electron/engine/log/',
      `^electron/engine/(log|format|rules)/|${SEAMS}|${PURE_SHARED}`,
    ),
    only(
      'inspect-knows-no-log',
      '^electron/engine/inspect/',
      `^electron/engine/(inspect|format|rules|internal-topics)/|${SEAMS}|${PURE_SHARED}`,
    ),
    only('workers-know-engine', '^electron/workers/', '^electron/(workers|reports|engine)/|^shared/'),
    only('cli-knows-engine', '^electron/(cli|reports)/', '^electron/(cli|reports|workers|engine)/|^shared/'),
    only('watch-knows-files', '^electron/watch/', '^electron/(watch|engine|workers)/|^shared/'),
    only(
      'ipc-serves',
      '^electron/ipc/',
      '^electron/([^/]+\\.ts|(ipc|watch|workers|reports|engine)/)|^shared/',
    ),
    only('page-knows-shared', '^renderer/', '^renderer/|^shared/'),
    {
      name: 'pictures-know-no-store',
      severity: 'error',
      from: { path: '^renderer/(charts|core)/' },
      to: { path: '^renderer/(store|views|api)' },
    },
    {
      name: 'main-does-not-parse-bytes',
      severity: 'error',
      from: { path: '^electron/([^/]+\\.ts|ipc/|watch/)' },
      to: { path: '^electron/engine/(format|rules|log|internal-topics)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-door-to-the-transport',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/api' },
      to: { path: '^shared/rpc', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.json', '.css'],
    },
  },
};
