import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

interface Job {
  readonly uses?: string;
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean; readonly queue?: string };
  readonly permissions?: Record<string, string>;
  readonly with?: Record<string, unknown>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Record<string, Record<string, unknown> | null>;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Record<string, Job>;
}

interface Action {
  readonly inputs: Record<string, { readonly required: boolean }>;
  readonly runs: { readonly steps: readonly Step[] };
}

const checkout = join(__dirname, "../..");
const textOf = (path: string) => readFileSync(join(checkout, path), "utf8");
const folder = ".github/workflows";
// Those that products call. This repository's own tests are held to other rules, below.
const called = readdirSync(join(checkout, folder)).filter((name) => name !== "ci.yml");
const workflows = new Map(called.map((name) => [name, workflow(textOf(`${folder}/${name}`))]));
const action = parse(textOf(".github/actions/preview/action.yml")) as Action;
const { build, deploy, close } = workflows.get("preview.yml")!.jobs as Record<"build" | "deploy" | "close", Job>;
const jobs = [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs));
const steps = [...jobs.flatMap(({ steps = [] }) => steps), ...action.runs.steps];
const callers = [...textOf("docs/workflows.md").matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text!);

function workflow(text: string): Workflow {
  return parse(text) as Workflow;
}

describe("the workflows", () => {
  it("update and close in one group per pull request, and never cancel a running job", () => {
    assert.match(deploy.concurrency!.group, /\$\{\{ github\.event\.pull_request\.number \}\}$/);
    assert.deepEqual(close.concurrency, deploy.concurrency);
    // Otherwise a deployment with a slow build would replace the closing that waits.
    assert.equal(close.concurrency?.queue, "max");
    for (const [name, { jobs }] of workflows) {
      for (const { concurrency, steps = [] } of Object.values(jobs)) {
        const runsPreview = steps.some(({ uses = "" }) => uses.startsWith("$/"));
        assert.equal(concurrency?.["cancel-in-progress"], runsPreview ? false : undefined, name);
      }
    }
  });

  it("queue at the job level, so that an event without a job displaces none in the queue", () => {
    for (const [name, { concurrency }] of workflows) {
      assert.equal(concurrency, undefined, name);
    }
  });

  it("close the preview whenever its pull request is closed, whatever else happened", () => {
    assert.equal(close.if, "github.event.action == 'closed'");
    assert.equal(close.needs, undefined);
  });

  it("give no permission that a job doesn't ask for", () => {
    for (const [name, { permissions }] of workflows) {
      assert.deepEqual(permissions, {}, name);
    }
    assert.deepEqual(build.permissions, { contents: "read", packages: "write" });
    const others = jobs.filter((job) => job !== build).map(({ permissions }) => permissions);
    const common = { actions: "read", "id-token": "write" };
    assert.deepEqual(
      others,
      // Reconciling writes no comment.
      ["write", "write", "read"].map((comments) => ({ ...common, "pull-requests": comments })),
    );
  });

  it("check nothing out, and build commits by SHA", () => {
    const built = steps.filter(({ uses = "" }) => uses.startsWith("docker/build-push-action@"));
    assert.equal(built.length, 2);
    for (const { with: inputs } of built) {
      assert.match(String(inputs!.context), /^\$\{\{ env\.COMMIT \}\}:/);
    }
    assert.match(
      textOf(`${folder}/preview.yml`),
      /COMMIT: \S.*\.git#\$\{\{ github\.event\.pull_request\.head\.sha \}\}\n/,
    );
    assert.deepEqual(
      steps.filter(({ uses = "" }) => uses.includes("checkout")),
      [],
    );
  });

  it("ask for an approval before a fork's commit is built, and give its Dockerfile no token", () => {
    const isOwn = "github.event.pull_request.head.repo.full_name == github.repository";
    assert.equal(build.if, `github.event.action != 'closed' && (inputs.forks || ${isOwn})`);
    assert.equal(build.environment, `\${{ ${isOwn} && 'preview-build' || 'preview-fork' }}`);
    assert.equal(deploy.needs, "build");
    const preview = workflows.get("preview.yml")!.on.workflow_call as { inputs: { forks: { default: unknown } } };
    assert.equal(preview.inputs.forks.default, false);
    for (const { uses = "", with: inputs } of build.steps!) {
      if (uses.startsWith("docker/build-push-action@")) {
        assert.equal(inputs!["github-token"], "");
        assert.equal(inputs!.secrets, "${{ env.GIT_AUTH }}");
      }
    }
    assert.match(
      textOf(`${folder}/preview.yml`).replaceAll(/\s+/g, " "),
      new RegExp(`GIT_AUTH: >- \\$\\{\\{ ${isOwn} &&`),
    );
  });

  it("keep secrets out of the job that builds", () => {
    assert.doesNotMatch(JSON.stringify(build), /secrets\./);
    for (const { environment } of jobs.filter((job) => job !== build)) {
      assert.equal(environment, "preview");
    }
  });

  it("pin every action by commit, or use it from this repository", () => {
    for (const { uses } of steps) {
      assert.match(uses ?? "$/", /^\$\/|^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    }
    const pinned = [...workflows.keys()].map((name) => textOf(`${folder}/${name}`)).join("\n");
    const lines = `${pinned}\n${textOf(".github/actions/preview/action.yml")}`.split("\n");
    for (const line of lines.filter((line) => /uses: [^$]/.test(line))) {
      assert.match(line, / # v\d+\.\d+\.\d+$/);
    }
  });

  it("run only preview and npm, without expressions in the shell", () => {
    const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    assert.ok(commands.length > 0);
    for (const command of commands) {
      assert.match(command, /^(npx preview|npm ci) [\w"$= -]+$/);
    }
  });

  it("upload the screenshots from where preview puts them", () => {
    const takes = action.runs.steps.find(({ run = "" }) => run.includes("--screenshots"));
    const keeps = action.runs.steps.find(({ uses = "" }) => uses.startsWith("actions/upload-artifact@"));
    assert.equal(keeps!.with!.path, `${takes!.env!.SCREENSHOTS}/*.png`);
  });

  it("use only a pull request's state, number and commit", () => {
    const allowed = /^(action|pull_request\.(number|head\.sha|head\.repo\.full_name))$/;
    for (const name of workflows.keys()) {
      for (const [, path] of textOf(`${folder}/${name}`).matchAll(/github\.event\.([\w.]+)/g)) {
        assert.match(path!, allowed, name);
      }
      assert.doesNotMatch(textOf(`${folder}/${name}`), /github\.(head_ref|ref_name|event )/);
    }
  });

  it("pass the action only inputs that it has, and all that it requires", () => {
    for (const { uses = "", with: inputs = {} } of steps.filter(({ uses }) => uses?.startsWith("$/"))) {
      assert.ok(existsSync(join(checkout, uses.slice(2), "action.yml")), uses);
      for (const name of Object.keys(inputs)) {
        assert.ok(name in action.inputs, name);
      }
      const missing = Object.entries(action.inputs).filter(([name, { required }]) => required && !(name in inputs));
      assert.deepEqual(missing, []);
    }
  });

  it("install the Pulumi version that the program is written for", () => {
    const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> };
    const installs = steps.find(({ uses = "" }) => uses.startsWith("pulumi/actions@"));
    assert.deepEqual(installs!.with, { "pulumi-version": dependencies["@pulumi/pulumi"] });
  });

  it("are called in ten lines, as documented", () => {
    assert.equal(callers.length, 2);
    for (const text of callers) {
      const { on, jobs } = workflow(text);
      const [job] = Object.values(jobs);
      const callee = workflows.get(/^myorg\/preview-stack\/\.github\/workflows\/(.+)@0{40}$/.exec(job!.uses!)![1]!)!;
      const { inputs } = callee.on.workflow_call as { inputs: Record<string, { required?: boolean }> };
      const given = Object.keys(job!.with!);
      assert.deepEqual(
        given.filter((name) => !(name in inputs)),
        [],
      );
      assert.deepEqual(
        Object.keys(inputs).filter((name) => inputs[name]!.required && !given.includes(name)),
        [],
      );
      // A called job may have no permission that its caller lacks.
      const needed = Object.assign({}, ...Object.values(callee.jobs).map(({ permissions }) => permissions)) as object;
      assert.deepEqual(job!.permissions, needed);
      assert.ok(text.trim().split("\n").length <= 11, text);
      if ("pull_request_target" in on) {
        assert.deepEqual(on.pull_request_target, { types: ["opened", "reopened", "synchronize", "closed"] });
      }
    }
  });
});

describe("the workflow of this repository's own tests", () => {
  const text = textOf(`${folder}/ci.yml`);
  const { on, permissions, jobs } = workflow(text);
  const own = Object.values(jobs).flatMap(({ steps = [] }) => steps);

  it("checks a pull request out with nothing to steal: no secret, and a read-only token that isn't kept", () => {
    assert.deepEqual(Object.keys(on), ["pull_request", "schedule"]);
    assert.doesNotMatch(text, /secrets|github\.token|id-token/);
    assert.deepEqual(permissions, {});
    for (const job of Object.values(jobs)) {
      assert.deepEqual(job.permissions, { contents: "read" });
      assert.equal(job.environment, undefined);
      assert.equal(job.uses, undefined);
    }
    const checkouts = own.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    assert.deepEqual(
      checkouts.map(({ with: inputs }) => inputs),
      [{ "persist-credentials": false }],
    );
  });

  it("pins every action by commit, and runs this repository's own commands without an expression", () => {
    for (const { uses, run } of own) {
      const line = uses ?? run ?? "";
      assert.match(line, /^actions\/[\w-]+@[0-9a-f]{40}$|^sudo env "PATH=\$PATH" (\.ci\/run|npm run test:all)$/);
    }
  });
});
