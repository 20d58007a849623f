import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly outputs?: Record<string, string>;
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
  readonly outputs: Record<string, { readonly value: string }>;
  readonly runs: { readonly steps: readonly Step[] };
}

const checkout = join(__dirname, "../..");
const textOf = (path: string) => readFileSync(join(checkout, path), "utf8");
const folder = ".github/workflows";
// Those that products call. This repository's own tests are held to other rules, below.
const called = readdirSync(join(checkout, folder)).filter((name) => name !== "ci.yml");
const workflows = new Map(called.map((name) => [name, workflow(textOf(`${folder}/${name}`))]));
const action = parse(textOf(".github/actions/preview/action.yml")) as Action;
const preview = workflows.get("preview.yml")!;
const { resolve, build, deploy, follow, close } = preview.jobs as Record<
  "resolve" | "build" | "deploy" | "follow" | "close",
  Job
>;
const { reconcile } = workflows.get("reconcile.yml")!.jobs as Record<"reconcile", Job>;
const { start } = workflows.get("update-previews.yml")!.jobs as Record<"start", Job>;
const jobs = [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs));
const isOwn = "github.event.pull_request.head.repo.full_name == github.repository";
const isFork = isOwn.replace("==", "!=");
const isPush = "github.event.action != 'closed' && github.event.action != 'edited'";
const steps = [...jobs.flatMap(({ steps = [] }) => steps), ...action.runs.steps];
const callers = ["docs/workflows.md", "docs/pairs.md"]
  .flatMap((page) => [...textOf(page).matchAll(/^ *```yaml\n(.*?)^ *```/gms)].map(([, text]) => text!))
  .filter((text) => text.includes("uses: myorg/"));

function workflow(text: string): Workflow {
  return parse(text) as Workflow;
}

describe("the workflows", () => {
  it("update and close in one group per pull request, and never cancel a running job", () => {
    assert.match(deploy.concurrency!.group, /\$\{\{ github\.event\.pull_request\.number \}\}$/);
    assert.deepEqual(close.concurrency, deploy.concurrency);
    assert.deepEqual(follow.concurrency, deploy.concurrency);
    // Otherwise a deployment with a slow build would replace the closing that waits.
    assert.equal(close.concurrency?.queue, "max");
    for (const [name, { jobs }] of workflows) {
      for (const { concurrency, steps = [] } of Object.values(jobs)) {
        const changes = steps.some(
          ({ uses = "", with: inputs }) => uses.startsWith("$/") && inputs!.command !== "resolve",
        );
        assert.equal(concurrency?.["cancel-in-progress"], changes ? false : undefined, name);
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
    const changing = { actions: "read", "id-token": "write", "pull-requests": "write" };
    const pairing = { ...changing, contents: "read" };
    const table: [job: Job, permissions: Record<string, string>][] = [
      [resolve, { contents: "read", "pull-requests": "read" }],
      [build, { contents: "read", packages: "write" }],
      [deploy, pairing],
      [follow, pairing],
      [close, changing],
      [reconcile, pairing],
      // The other repository's token does nothing: the App's starts the workflow.
      [start, {}],
    ];
    assert.deepEqual(new Set(jobs), new Set(table.map(([job]) => job)));
    for (const [job, permissions] of table) {
      assert.deepEqual(job.permissions, permissions, job.name);
    }
  });

  it("let actions be started only by the file of the other repository, and there by the App's token alone", () => {
    const { with: inputs } = start.steps!.find(({ uses = "" }) => uses.startsWith("actions/create-github-app-token@"))!;
    const asked = Object.entries(inputs!).filter(([name]) => name.startsWith("permission-"));
    assert.deepEqual(asked, [["permission-actions", "write"]]);
    assert.equal(inputs!.repositories, "${{ inputs.repository }}");
    assert.doesNotMatch(JSON.stringify([...workflows.values()].map(({ jobs }) => jobs)), /"actions":"write"/);
  });

  it("start nothing for a pull request whose number is another repository's", () => {
    const [pull] = [...start.if!.matchAll(/github\.event\.workflow_run\.pull_requests\[0\]\S*/g)].flat();
    assert.equal(pull, "github.event.workflow_run.pull_requests[0].base.repo.id");
    assert.ok(start.if!.endsWith(`&& ${pull} == github.repository_id`), start.if);
  });

  it("build nothing when a pull request is edited, and go on only if body or base has changed", () => {
    const onEdit = Object.entries(preview.jobs).filter(([, job]) => !job.if!.includes(isPush));
    // The deployment needs a build, the closing a closing.
    assert.deepEqual(
      onEdit.map(([name]) => name),
      ["deploy", "follow", "close"],
    );
    assert.equal(
      follow.if,
      `github.event.action == 'edited' && (github.event.changes.body || github.event.changes.base) && ${isOwn}`,
    );
    assert.equal(follow.needs, undefined);
    const [only, ...more] = follow.steps!;
    assert.deepEqual(more, []);
    assert.equal(only!.with!.command, "reconcile");
    assert.equal(only!.with!["pull-request"], "${{ github.event.pull_request.number }}");
  });

  it("build what the repository has, and leave the rest to preview", () => {
    const builds = build.steps!.filter(({ uses = "" }) => uses.startsWith("docker/build-push-action@"));
    assert.deepEqual(
      builds.map(({ id, if: condition }) => [id, condition]),
      ["api", "web"].map((half) => [half, `inputs.${half}-context != ''`]),
    );
    for (const half of ["api", "web"]) {
      // Empty exactly where nothing is built: a build without a digest would be refused.
      assert.equal(
        build.outputs![half],
        `\${{ inputs.${half}-context && format('{0}/${half}:{1}@{2}', inputs.images, github.event.pull_request.head.sha, ` +
          `steps.${half}.outputs.digest) }}`,
      );
      assert.equal(deploy.steps![0]!.with![half], `\${{ needs.build.outputs.${half} }}`);
    }
  });

  it("pin what a fork's commit is paired with before it is approved, without anything to steal", () => {
    assert.equal(resolve.if, `${isPush} && inputs.forks && ${isFork}`);
    assert.equal(resolve.environment, undefined);
    assert.equal(resolve.needs, undefined);
    assert.doesNotMatch(JSON.stringify(resolve), /secrets|github\.token|aws|google|state|registry/);
    const [only, ...more] = resolve.steps!;
    assert.deepEqual(more, []);
    assert.deepEqual(only!.with, {
      command: "resolve",
      "pull-request": "${{ github.event.pull_request.number }}",
      sha: "${{ github.event.pull_request.head.sha }}",
    });
    assert.deepEqual(resolve.outputs, { pins: `\${{ steps.${only!.id}.outputs.pins }}` });
    assert.equal(action.outputs.pins!.value, "${{ steps.resolve.outputs.pins }}");
    // Whoever approves it sees both, and both are what is deployed.
    assert.match(build.name!, /head\.sha \}\} .*needs\.resolve\.outputs\.pins/);
    assert.equal(deploy.steps![0]!.with!.with, "${{ needs.resolve.outputs.pins }}");
  });

  it("aren't held up by the job that only forks have", () => {
    for (const job of [build, deploy]) {
      assert.match(job.if!, /^(\$\{\{ )?!cancelled\(\) && /);
    }
    assert.equal(deploy.if, "${{ !cancelled() && needs.build.result == 'success' }}");
  });

  it("give the App to what reads or comments elsewhere, and the registry's login to what resolves a pair", () => {
    const app = {
      "app-id": "${{ secrets.PREVIEW_APP_ID }}",
      "app-private-key": "${{ secrets.PREVIEW_APP_PRIVATE_KEY }}",
    };
    const login = {
      "registry-server": "${{ inputs.registry-server }}",
      "registry-username": "${{ inputs.registry-username }}",
      "registry-password": "${{ secrets.PREVIEW_REGISTRY_PASSWORD }}",
    };
    const table: [job: Job, given: Record<string, string>][] = [
      [resolve, {}],
      [build, {}],
      [deploy, { ...app, ...login }],
      [follow, { ...app, ...login }],
      [close, app],
      [reconcile, { ...app, ...login }],
      [start, {}],
    ];
    for (const [job, given] of table) {
      const all = job.steps!.flatMap(({ with: inputs = {} }) => Object.entries(inputs));
      const named = all.filter(([, value]) => /PREVIEW_(APP|REGISTRY)|registry-/.test(String(value)));
      assert.deepEqual(Object.fromEntries(named), given, job.name);
    }
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
    assert.equal(build.if, `!cancelled() && ${isPush} && (${isOwn} || needs.resolve.result == 'success')`);
    assert.equal(build.environment, `\${{ ${isOwn} && 'preview-build' || 'preview-fork' }}`);
    assert.equal(build.needs, "resolve");
    assert.deepEqual(deploy.needs, ["resolve", "build"]);
    const { inputs } = preview.on.workflow_call as { inputs: { forks: { default: unknown } } };
    assert.equal(inputs.forks.default, false);
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
    for (const { environment } of jobs.filter((job) => job !== build && job !== resolve)) {
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

  it("run only preview, npm and the start of a workflow, without expressions in the shell", () => {
    const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    assert.ok(commands.length > 0);
    const toOutput = ` | node --print '"pins=" + JSON.parse(fs.readFileSync(0)).with' >> "$GITHUB_OUTPUT"`;
    for (const command of commands) {
      // A variable is quoted, also where an option is there only if it isn't empty.
      const plain = command.replace(toOutput, "").replaceAll(/ \$\{([A-Z_]+):\+(--[a-z-]+ )?"\$\1"\}/g, "");
      assert.match(
        plain,
        /^(npx preview|npm ci|gh workflow run) ([\w=-]+|"([\w=-]*\$[A-Z_]+)")( ([\w=-]+|"([\w=-]*\$[A-Z_]+)"))*$/,
      );
    }
  });

  /** What a step of the action prints if `npx` is the given function of bash. */
  function outputOf(name: string, npx: string, values: Record<string, string>): string {
    const { run, env, shell } = action.runs.steps.find(({ run = "" }) => run.startsWith(`npx preview ${name} `))!;
    assert.equal(shell, "bash");
    const unset = Object.fromEntries(Object.keys(env!).map((variable) => [variable, ""]));
    return execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", `npx() { ${npx}; }\n${run}`], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, ...unset, ...values },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  describe("pass to preview, as single words whatever is in them,", () => {
    const nasty = `a b" $(touch x) ; * '--json`;
    const table: [name: string, values: Record<string, string>, words: string[]][] = [
      [
        "up",
        { PULL_REQUEST: "7", API: nasty, WEB: "web", WITH: "o/r#1@a,o/s@b", SHA: "a", SCREENSHOTS: "f" },
        [
          "7",
          "--api",
          nasty,
          "--web",
          "web",
          "--with",
          "o/r#1@a,o/s@b",
          "--sha",
          "a",
          "--screenshots",
          "f",
          "--comment",
          "--json",
        ],
      ],
      [
        "up",
        { PULL_REQUEST: "7", WEB: "web", SHA: "a", SCREENSHOTS: "f" },
        ["7", "--web", "web", "--sha", "a", "--screenshots", "f", "--comment", "--json"],
      ],
      ["reconcile", {}, ["--comment", "--json", "--"]],
      ["reconcile", { PULL_REQUEST: "--dry-run" }, ["--comment", "--json", "--", "--dry-run"]],
      ["reconcile", { DEPENDS_ON: nasty }, ["--depends-on", nasty, "--comment", "--json", "--"]],
    ];
    for (const [name, values, words] of table) {
      it(`${name}: ${Object.keys(values).join(", ") || "nothing"}`, () => {
        const output = outputOf(name, `printf '%s\\n' "\${@:3}"`, values);
        assert.deepEqual(output.trimEnd().split("\n"), words);
      });
    }
  });

  it("hand on what preview resolve pins, nothing if there is nothing to pin, and end where it fails", () => {
    const pins = ["myorg/backend#515@4f5c", "myorg/worker@1a2b"];
    const file = join(mkdtempSync(join(tmpdir(), "workflows-")), "output");
    const resolved = (json: string) => {
      outputOf("resolve", `echo '${json}'`, { GITHUB_OUTPUT: file });
      const text = readFileSync(file, "utf8");
      rmSync(file);
      return text;
    };
    assert.equal(resolved(JSON.stringify({ pullRequest: 7, with: pins })), `pins=${pins.join(",")}\n`);
    assert.equal(resolved('{ "with": [] }'), "pins=\n");
    assert.throws(() => outputOf("resolve", "return 2", { GITHUB_OUTPUT: file }), { status: 1 });
    rmSync(dirname(file), { recursive: true });
  });

  it("upload the screenshots from where preview puts them", () => {
    const takes = action.runs.steps.find(({ run = "" }) => run.includes("--screenshots"));
    const keeps = action.runs.steps.find(({ uses = "" }) => uses.startsWith("actions/upload-artifact@"));
    assert.equal(keeps!.with!.path, `${takes!.env!.SCREENSHOTS}/*.png`);
  });

  it("use only a pull request's state, number and commit", () => {
    const allowed = /^(action|pull_request\.(number|head\.sha|head\.repo\.full_name))$/;
    const asked =
      /^(inputs\.(pull-request|depends-on)|changes\.(body|base)|workflow_run\.(conclusion|pull_requests\[0\]\.(number|base\.repo\.id)))$/;
    for (const name of workflows.keys()) {
      for (const [, path] of textOf(`${folder}/${name}`).matchAll(/github\.event\.([\w.[\]-]+)/g)) {
        assert.ok(allowed.test(path!) || asked.test(path!), `${name}: ${path}`);
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
    assert.equal(callers.length, 5);
    for (const text of callers) {
      const { on, jobs } = workflow(text);
      const [job] = Object.values(jobs);
      const callee = workflows.get(/^myorg\/preview-stack\/\.github\/workflows\/(.+)@0{40}$/.exec(job!.uses!)![1]!)!;
      const { inputs } = callee.on.workflow_call as { inputs: Record<string, { required?: boolean }> };
      const given = Object.keys(job!.with ?? {});
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
      const started = Object.keys(on.workflow_dispatch?.inputs ?? {});
      const read = textOf(job!.uses!.replace(/^myorg\/preview-stack\/|@0+$/g, "")).matchAll(
        /github\.event\.inputs\.([\w-]+)/g,
      );
      assert.deepEqual(new Set(started), new Set([...read].map(([, name]) => name)));
      if ("pull_request_target" in on) {
        assert.deepEqual(on.pull_request_target, { types: ["opened", "reopened", "synchronize", "edited", "closed"] });
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
