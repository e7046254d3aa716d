import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import jest from "eslint-plugin-jest";
import globals from "globals";
import tseslint from "typescript-eslint";

const executors = "./packages/pool/src/*-executor.ts";
const anyExecutor = "./packages/pool/src/{executor,*-executor}.ts";
const local = "./packages/pool/src/local/**/*";
const engine = "./packages/pool/src/engine/**/*";
/** The folders of the engine, and the kinds of workers it knows. */
const inEngine = (path) => `./packages/pool/src/engine/${path}`;
const kinds = ["thread", "process"];
/** The side of the engine that hands calls out, without what is of one kind of worker. */
const parentEngine = ["!(tuning).ts", "{calls,map,scheduling,workers}/**/*"].map(inEngine);
const codec = "./packages/pool/src/codec/**/*";
const streams = "./packages/pool/src/streams/**/*";

/** Which folder may import which, inside @concur/pool: outer parts know inner ones, never the other way. */
const poolZones = [
  {
    target: "./packages/pool/src/streams",
    from: [local, engine, codec, anyExecutor],
    message: "streams/ moves items against credit, whatever lies between the two ends",
  },
  {
    target: "./packages/pool/src/internal",
    from: [
      local,
      engine,
      codec,
      anyExecutor,
      streams,
      "./packages/pool/src/map/**/*",
      "./packages/pool/src/{future,submitter,task-options}.ts",
    ],
    message: "internal/ holds what all executors share and knows neither them nor futures",
  },
  {
    target: "./packages/pool/src/!(*executor|index|worker).ts",
    from: [local, engine, codec, executors],
    message: "futures, map, wait and asCompleted are built on the Executor interface alone",
  },
  {
    target: "./packages/pool/src/map",
    from: [local, engine, codec, executors],
    message: "map is built on a way to submit one call alone",
  },
  {
    target: "./packages/pool/src/local",
    from: [executors, engine, codec],
    message: "local/ serves the executors of this thread and knows none of them",
  },
  {
    target: "./packages/pool/src/engine",
    from: [executors, local],
    message: "engine/ serves the executors with workers of their own and knows none of them",
  },
  ...kinds.flatMap((kind) => {
    const others = kinds
      .filter((other) => other !== kind)
      .map((other) => inEngine(`${other}/**/*`));
    return [
      {
        target: inEngine(kind),
        from: others,
        message:
          "each kind of worker is on its own; what kinds share is a floor above, or in shared/",
      },
      {
        target: inEngine(`${kind}/parent`),
        from: [inEngine(`${kind}/worker/**/*`), inEngine("worker/**/*")],
        message: "parent and worker meet only in wire/ and in shared/",
      },
      {
        target: inEngine(`${kind}/worker`),
        from: [inEngine(`${kind}/parent/**/*`), ...parentEngine, anyExecutor],
        message: "parent and worker meet only in wire/ and in shared/",
      },
      {
        target: inEngine(`${kind}/wire`),
        from: [
          ...parentEngine,
          ...["worker", "*/worker", "*/parent"].map((path) => inEngine(`${path}/**/*`)),
        ],
        message: "wire/ belongs to both sides of one kind and knows neither",
      },
    ];
  }),
  {
    target: inEngine("worker"),
    from: [...parentEngine, inEngine("{thread,process}/**/*"), anyExecutor],
    message: "what runs a task, whatever kind of worker it is in, knows no kind and no parent",
  },
  {
    target: parentEngine,
    from: [inEngine("{thread,process,worker}/**/*")],
    message: "the engine hands out calls and knows no kind of worker: see workers/worker-handle.ts",
  },
  {
    target: inEngine("{calls,map,workers}/**/*"),
    from: [inEngine("{engine,worker-executor}.ts"), inEngine("scheduling/**/*")],
    message: "scheduling/ is above calls, maps and workers",
  },
  {
    target: inEngine("shared"),
    from: [...parentEngine, inEngine("{worker,thread,process}/**/*")],
    message: "shared/ belongs to both sides and to all kinds, and knows none of them",
  },
  {
    target: "./packages/pool/src/codec",
    from: [executors, local, engine, streams, anyExecutor],
    message: "codec/ turns values into values and knows no executor",
  },
];

const FROM_PLATFORM =
  "tests and tasks replace it: take it from internal/platform.ts, which has had the real one since it was loaded";

/** What fake timers and other patches replace; the engine must not look it up when a call is under way. */
const replaceableGlobals = [
  "setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask",
  "performance Date structuredClone AbortController Atomics",
]
  .join(" ")
  .split(" ")
  .map((name) => ({ name, message: FROM_PLATFORM }));

/** Of `process` those that run in the middle of things; the rest is asked at the start of a worker. */
const lateProcess =
  "/^(exit|reallyExit|abort|kill|hrtime|nextTick|emitWarning|cpuUsage|memoryUsage|uptime)$/";

const importByName = {
  selector: "ImportExpression[source.type='Literal'][source.value=/^(?!\\.|node:|@concur\\x2f)/]",
  message:
    "what import() of a CommonJS package gives differs between Node and a bundle: import it by name in a module of your own, and import() that",
};

const builtInClasses = [
  "(Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error|DOMException",
  "Array|Map|Set|WeakMap|WeakSet|Date|RegExp|Promise|Object|Function",
  "(Shared)?ArrayBuffer|DataView|Buffer|(Big)?(Ui|I)nt\\d+(Clamped)?Array|Float\\d+Array",
  "URL|URLSearchParams|AbortSignal|EventTarget|EventEmitter|Headers|Request|Response|Blob",
].join("|");

const byClass = {
  selector: `BinaryExpression[operator='instanceof'][right.name=/^(${builtInClasses})$/]`,
  message:
    "a value from elsewhere may be of another realm, as under jest: ask node:util's types, or what the value has",
};

/** A task can replace the iterators of its worker: what runs there goes by indices, and by forEach(). */
const byIterator = [
  "ForOfStatement",
  "ArrayPattern",
  ":matches(CallExpression, NewExpression, ArrayExpression) > SpreadElement",
].map((selector) => ({
  selector,
  message: "a task can replace iterators: go by index, forEach(), concat() or apply()",
}));

/** Code of the engine and of tasks in one realm: what of the platform it may not look up when it runs. */
const lateLookups = [
  importByName,
  {
    selector: `MemberExpression[object.name='process'][property.name=${lateProcess}]`,
    message: FROM_PLATFORM,
  },
  {
    selector: "CallExpression[callee.property.name=/^(then|catch|finally)$/]",
    message:
      "a task can replace the methods of promises: use await, or whenSettled() of internal/platform.ts",
  },
];

/** Packages do not know the apps, and libraries know one another only where their manifest says so. */
const workspaceZones = [
  {
    target: "./packages",
    from: ["./apps", "./examples"],
    message: "packages never import apps or examples",
  },
  {
    target: "./packages/pool/src",
    from: ["./packages/flags-common", "./packages/flag-server", "./packages/sync"],
    message: "what is shared between threads meets the pool by a symbol: see codec/shareables.ts",
  },
  {
    target: "./packages/sync/src",
    from: ["./packages/pool", "./packages/flags-common", "./packages/flag-server"],
    message: "@concur/sync works between any threads, and depends on nothing",
  },
  { target: "./packages/flags-common/src", from: ["./packages/pool", "./packages/flag-server"] },
  { target: "./packages/flag-server/src", from: ["./packages/pool", "./packages/flags-common"] },
  {
    target: "./packages/algorithms/src",
    from: ["./packages/pool", "./packages/flags-common", "./packages/flag-server"],
  },
];

export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/coverage/**",
      "**/downloads/**",
      "docs/api/**",
      "packages/flag-server/assets/**",
      ".turbo/**",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.{ts,mts}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Rejecting with what a task threw, or with a signal's reason, is the point here.
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // A getter stands on the prototype once, a field on every instance.
      "@typescript-eslint/class-literal-property-style": "off",
      "require-atomic-updates": "error",
      "no-restricted-syntax": ["error", importByName],
    },
  },
  {
    files: ["packages/*/src/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", importByName, byClass] },
  },
  {
    files: ["packages/pool/src/**/*.ts"],
    ignores: ["packages/pool/src/internal/platform.ts"],
    rules: {
      "no-restricted-globals": ["error", ...replaceableGlobals],
      // An index loop does without Symbol.iterator, which a task can replace.
      "@typescript-eslint/prefer-for-of": "off",
      "no-restricted-imports": [
        "error",
        ...["timers", "timers/promises", "perf_hooks"].flatMap((name) => [
          { name, message: FROM_PLATFORM },
          { name: `node:${name}`, message: FROM_PLATFORM },
        ]),
      ],
      "no-restricted-syntax": ["error", ...lateLookups, byClass],
    },
  },
  {
    files: ["packages/pool/src/{engine/{shared,worker},engine/*/{wire,worker},codec}/**/*.ts"],
    ignores: ["packages/pool/src/codec/{decode-error,error-classes,find-uncloneable}.ts"],
    rules: { "no-restricted-syntax": ["error", ...lateLookups, byClass, ...byIterator] },
  },
  {
    files: ["**/*.{ts,mts,js,mjs,cjs}"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createTypeScriptImportResolver({
          project: ["packages/*/tsconfig.json", "apps/*/tsconfig.json", "examples/*/tsconfig.json"],
          noWarnOnMultipleProjects: true,
        }),
      ],
    },
    rules: {
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-restricted-paths": ["error", { zones: [...workspaceZones, ...poolZones] }],
      "import-x/no-self-import": "error",
    },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
  },
  {
    files: ["jest.setup.cjs"],
    languageOptions: { globals: globals.jest },
  },
  {
    files: ["**/test/**/*.ts"],
    plugins: { jest },
    rules: {
      ...jest.configs["flat/recommended"].rules,
      "jest/expect-expect": ["error", { assertFunctionNames: ["expect", "expect*", "assert*"] }],
      "jest/no-focused-tests": "error",
      "jest/no-disabled-tests": "error",
      // A test that not every machine can run; see test/support/needs.ts of @concur/pool.
      "jest/no-standalone-expect": ["error", { additionalTestBlockFunctions: ["testThat"] }],
      // Suites are functions that are called for each kind of executor, so titles and hooks stand in functions.
      "jest/no-export": "off",
      "jest/valid-title": ["error", { ignoreTypeOfDescribeName: true }],
      // A test double is allowed to be empty, and a task to be async without waiting.
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    // What cannot run here is shown as pending, with its reason, and by nothing else.
    files: ["**/test/support/needs.ts"],
    rules: {
      "jest/no-disabled-tests": "off",
      "jest/valid-title": "off",
      "jest/expect-expect": "off",
    },
  },
  prettier,
);
