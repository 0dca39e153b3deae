// The walls of the house: who may import what. Each rule says what to do when it fires.
const shared = (rooms) => `^shared/(${rooms})/`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Split what both need into a file of its own.",
      from: {},
      to: { circular: true },
    },
    {
      name: "contract-is-pure",
      severity: "error",
      comment: "shared/contract is read by the browser too: it may import zod only.",
      from: { path: "^shared/contract/", pathNot: "^shared/contract/openapi\\.ts$" },
      to: { pathNot: ["^shared/contract/", "^node_modules/zod/"] },
    },
    {
      name: "access-is-pure",
      severity: "error",
      comment: "shared/access is a pure function of person, action and thing.",
      from: { path: "^shared/access/" },
      to: { pathNot: [shared("access|contract"), "^node_modules/zod/"] },
    },
    {
      name: "rules-are-pure",
      severity: "error",
      comment: "shared/job holds rules; adapters live in shared/aws.",
      from: { path: shared("job|queue|dataset") },
      to: { pathNot: [shared("job|queue|dataset|contract|headnode|application"), "^node_modules/zod/"] },
    },
    {
      name: "shell-imports-nothing",
      severity: "error",
      comment: "shared/shell is the only shell syntax and stands alone.",
      from: { path: "^shared/shell/" },
      to: { pathNot: "^shared/shell/" },
    },
    {
      name: "slurm-is-pure",
      severity: "error",
      comment: "shared/slurm is argv and parse; processes are started in functions/headnode.",
      from: { path: "^shared/slurm/" },
      to: { pathNot: [shared("slurm|job|shell|contract|headnode")] },
    },
    {
      name: "application-is-pure",
      severity: "error",
      comment: "shared/application runs in a browser too.",
      from: { path: "^shared/application/" },
      to: { pathNot: [shared("application|contract|shell|slurm"), "^node_modules/(zod|@cfworker)/"] },
    },
    {
      name: "headnode-formats-are-pure",
      severity: "error",
      comment: "shared/headnode holds formats between cloud and head node.",
      from: { path: "^shared/headnode/" },
      to: { pathNot: [shared("headnode|contract|job"), "^node_modules/zod/"] },
    },
    {
      name: "shared-knows-no-function",
      severity: "error",
      comment: "shared never imports functions, infra or web: move what is needed down.",
      from: { path: "^shared/" },
      to: { path: "^(functions|infra|web|test)/" },
    },
    {
      name: "functions-stay-below",
      severity: "error",
      comment: "A function imports shared and functions/edge, nothing of infra, web or another function.",
      from: { path: "^functions/([^/]+)/", pathNot: "^functions/reconcile/" },
      to: { path: ["^(infra|web|test)/", "^functions/"], pathNot: ["^functions/edge/", "^functions/$1/"] },
    },
    {
      name: "reconcile-does-it-again",
      severity: "error",
      comment:
        "reconcile does again what dispatch and observe did, by their own code; it imports nothing else of a function.",
      from: { path: "^functions/reconcile/" },
      to: { path: ["^(infra|web|test)/", "^functions/"], pathNot: "^functions/(edge|reconcile|dispatch|observe)/" },
    },
    {
      name: "edge-knows-no-function",
      severity: "error",
      comment: "functions/edge is handed its operations.",
      from: { path: "^functions/edge/" },
      to: { path: "^functions/(?!edge/)" },
    },
    {
      name: "headnode-knows-no-cloud",
      severity: "error",
      comment: "The head node may use objects and env of shared/aws only: no table, no queue.",
      from: { path: "^functions/headnode/" },
      to: { path: "^shared/aws/", pathNot: "^shared/aws/(objects[^/]*|env)\\.ts$" },
    },
    {
      name: "stacks-read-the-table",
      severity: "error",
      comment: "infra/stacks knows the table and the contract, no code of functions.",
      from: { path: "^infra/(stacks/|app\\.ts)" },
      to: { path: ["^functions/", "^web/", "^shared/"], pathNot: ["^shared/functions\\.ts$", "^shared/contract/"] },
    },
    {
      name: "local-is-the-cloud",
      severity: "error",
      comment: "infra/local runs the template; it wires nothing of functions or shared/aws by hand.",
      from: { path: "^infra/local/" },
      to: { path: ["^functions/", "^shared/aws/"] },
    },
    {
      name: "web-stays-in-the-browser",
      severity: "error",
      comment: "web may import shared/{contract,application,slurm,shell} only.",
      from: { path: "^web/" },
      to: { path: ["^(functions|infra|test)/", "^shared/"], pathNot: shared("contract|application|slurm|shell") },
    },
    {
      name: "only-adapters-touch-the-sdk",
      severity: "error",
      comment: "AWS SDK calls live in shared/aws (and on the head node in functions/headnode).",
      from: { path: "^(shared|functions|web)/", pathNot: ["^shared/aws/", "^functions/headnode/"] },
      to: { path: "^node_modules/(@aws-sdk|electrodb|aws-jwt-verify)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(build|cdk\\.out|\\.headgate|infra/releases)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js"],
    },
  },
};
