/** The floors, from the top; each may import any floor below it. docs/architecture.md says what lives where. */
const lifecycleFloors = ["cli", "lifecycle", "verify", "clients", "contract"];
const programFloors = ["index\\.ts", "components", "contract"];

/** `cli/…`, or the file of that name. */
const inside = (...rooms) => `^(?:${rooms.join("|")})(?:/|$)`;
/** Of ours: not a package. */
const ours = inside(
  "index\\.ts",
  "components",
  "contract",
  "cli",
  "lifecycle",
  "verify",
  "clients",
  "embedded",
  "bench",
  "test",
  "docs",
);

const floorRules = (floors) =>
  floors.map((room, index) => ({
    name: `floor-${room.replace(/\W/g, "")}`,
    comment: "A floor imports floors below it, never one above.",
    severity: "error",
    from: { path: inside(room) },
    to: { path: ours, pathNot: inside(room, ...floors.slice(index + 1)) },
  }));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...floorRules(lifecycleFloors),
    ...floorRules(programFloors).slice(0, -1),
    {
      name: "clients-apart",
      comment: "A client imports no other client but those that run programs and read bodies for all.",
      severity: "error",
      from: { path: "^clients/([^/]+)/" },
      to: { path: "^clients/", pathNot: "^clients/(?:$1|http|process)/" },
    },
    {
      name: "commands-apart",
      comment: "What two commands need is a verb in lifecycle/ or stands beside them in cli/.",
      severity: "error",
      from: { path: "^cli/commands/([^/]+)" },
      to: { path: "^cli/commands/", pathNot: "^cli/commands/$1" },
    },
    {
      name: "embedded-below",
      comment: "The embedded default uses the lifecycle as a person does.",
      severity: "error",
      from: { path: "^embedded/" },
      to: { path: ours, pathNot: inside("embedded", "lifecycle", "clients", "contract") },
    },
    {
      name: "embedded-is-a-guest",
      comment: "Tests and benchmarks import its index alone; its own unit tests may go deeper.",
      severity: "error",
      from: { path: "^(?!embedded/|test/unit/)" },
      to: { path: "^embedded/", pathNot: "^embedded/index\\.ts$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules|^examples/" },
  },
};
