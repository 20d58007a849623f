import assert from "node:assert/strict";
import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { parse, stringify } from "yaml";
import type { SettingsInput, UserError } from "../../contract";
import { command } from "../faults/small-preview";
import { kubectl, names } from "./kubectl";
import { Preview } from "./preview";

describe("bad input, with the real engine", () => {
  const preview = new Preview(90031);

  before(() => preview.init());
  after(async () => {
    await preview.close();
    await kubectl("delete", "namespace", preview.namespace, "--ignore-not-found");
  });

  async function refused(settings: SettingsInput, ...expected: RegExp[]): Promise<void> {
    preview.configure(settings);
    await assert.rejects(preview.up(), (error: UserError) => {
      expected.forEach((pattern) => assert.match(error.message, pattern));
      assert.doesNotMatch(error.message, /^\s+at /m, "a stack trace");
      return true;
    });
    assert.deepEqual(await names("all,secrets,ingresses", "-n", preview.namespace), []);
  }

  it("reports both of two wrong settings", () =>
    refused(
      { domain: "a_b.example.com", api: { image: "ghcr.io/myorg/api:latest" } },
      /domain: .*a_b/,
      /api\.image: .*:latest/,
    ));

  it("reports all problems in one message, whatever rule they break, and no secret", async () => {
    const { api } = preview.settings;
    const env = { VERSION: 1.1 };
    await refused(
      { domain: "a_b.example.com", api: { ...api, env, secrets: { TOKEN: "hidden\0text" } } },
      /3 settings are invalid/,
      /domain: .*a_b/,
      /api\.env\.VERSION: .*in quotes.*1\.1$/m,
      /api\.secrets\.TOKEN: [^;]*NUL$/m,
    );
    assert.doesNotMatch(preview.output, /hidden/);
  });

  it("reads numbers from a stack's file with every digit, or refuses them", async () => {
    preview.configure();
    const set = (path: string, value: string) =>
      preview.pulumi("config", "set", "--stack", preview.stack, "--path", path, value);
    await set("api.env.NUMBER", "30");
    await set("api.env.BOOLEAN", "true");
    await set("api.env.VERSION", "1.10");
    await set("api.livePath", "9007199254740993");
    // More than 64 bits: Pulumi writes 1.2345678901234567e+19.
    await set("api.env.LARGE", "12345678901234567890");
    await assert.rejects(preview.up(), ({ message }: UserError) => {
      assert.match(message, /2 settings are invalid/);
      assert.match(message, /api\.livePath: .*; got "9007199254740993"$/m);
      assert.match(message, /api\.env\.LARGE: must be text: put it in quotes/);
      return true;
    });
  });

  it("reports what YAML would alter, as it is written", async () => {
    preview.configure();
    const image = (workload: "api" | "web") => preview.settings[workload]?.image;
    const text = readFileSync(preview.file, "utf8").replace(
      `image: ${image("api")}`,
      `image: ${image("api")}\n    env: { OCTAL: 01234, ONE: 1.0, DATE: 2026-01-31, LARGE: 12345678901234567890 }`,
    );
    writeFileSync(preview.file, text);
    await assert.rejects(preview.up(), ({ message }: UserError) => {
      assert.match(message, /3 settings are invalid/);
      assert.match(message, /api\.env\.OCTAL: .*in quotes.*; got 01234$/m);
      assert.match(message, /api\.env\.ONE: .*in quotes.*; got 1\.0$/m);
      assert.match(message, /api\.env\.DATE: .*in quotes.*; got 2026-01-31$/m);
      return true;
    });
  });

  it("names the largest when the settings are too large for Pulumi to pass", async () => {
    const trustedCa = [...rootCertificates, ""].join("\n");
    await refused({ trustedCa }, /argument list too long[\s\S]*trustPublicCas/);
    const { exitCode, stderr } = await command(["up", "90031"]);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /The settings take \d+ KiB together, and nothing was changed/);
    assert.match(stderr, /^ *trustedCa: \d{3} KiB$/m);
    assert.deepEqual(await names("all,secrets,ingresses", "-n", preview.namespace), []);
  });

  it("names a missing image", () => refused({ web: {} }, /web\.image: is required/));

  it("names an unknown ingress class", () =>
    refused({ ingress: { className: "no-such-class" } }, /ingress\.className: .*no-such-class/));

  it("names a middleware that isn't there, which the ingress controller would answer 404 for", () =>
    refused(
      { ingress: { annotations: { "traefik.ingress.kubernetes.io/router.middlewares": "ops-sso@kubernetescrd" } } },
      /ingress\.annotations: the cluster has no Middleware ops-sso/,
    ));

  it("names an unknown context", () => refused({ kubeContext: "no-such-context" }, /kubeContext: .*no-such-context/));

  it("refuses a namespace that someone else owns and leaves it unchanged", async () => {
    await kubectl("create", "namespace", preview.namespace);
    await kubectl("label", "namespace", preview.namespace, "team=blue");
    preview.configure();
    await assert.rejects(preview.up(), /namespace test-pr-90031 exists and belongs to another owner/);
    assert.equal(
      await kubectl("get", "namespace", preview.namespace, "-o", "jsonpath={.metadata.labels.team}"),
      "blue",
    );
    assert.deepEqual(await names("secrets,services", "-n", preview.namespace), []);
    await preview.pulumi("destroy", "--stack", preview.stack, "--yes");
    assert.deepEqual(await names("namespace", "-l", "team=blue"), [`namespace/${preview.namespace}`]);
    await kubectl("delete", "namespace", preview.namespace);
  });

  it("refuses a stack that isn't named for a pull request", async () => {
    for (const stack of ["main", "pr-", "pr-0", "pr-01", "pr-1x"]) {
      await preview.pulumi("stack", "init", stack);
      try {
        await assert.rejects(preview.pulumi("up", "--stack", stack, "--yes"), (error: UserError) => {
          assert.match(error.message, /stack: its name must be pr-<number>/);
          assert.ok(error.message.includes(`got "${stack}"`), error.message);
          return true;
        });
      } finally {
        await preview.pulumi("destroy", "--stack", stack, "--yes", "--remove");
      }
    }
  });

  describe("with a broken kubeconfig", () => {
    const folder = mkdtempSync(join(tmpdir(), "preview-test-kubeconfig-"));
    after(() => rmSync(folder, { recursive: true }));

    /** The node's kubeconfig with something changed, as a pulumi run sees it. */
    async function upWith(change: (config: Kubeconfig) => void): Promise<string> {
      const config = parse(readFileSync(process.env.KUBECONFIG!, "utf8")) as Kubeconfig;
      change(config);
      const file = join(folder, "config");
      writeFileSync(file, stringify(config));
      preview.configure();
      const { all } = await execa(
        "pulumi",
        ["up", "--stack", preview.stack, "--yes", "--skip-preview", "--non-interactive"],
        {
          cwd: join(__dirname, "project"),
          env: { KUBECONFIG: file },
          reject: false,
          all: true,
        },
      );
      return all;
    }

    it("names a cluster that can't be reached", async () => {
      const output = await upWith(({ clusters }) => {
        clusters.forEach(({ cluster }) => (cluster.server = "https://127.0.0.1:1"));
      });
      assert.match(output, /kubeContext: can't query the cluster of "preview-deployer".*refused/);
    });

    it("names credentials that the cluster no longer accepts", async () => {
      const output = await upWith(({ users }) => {
        users.forEach((entry) => (entry.user = { token: "expired" }));
      });
      assert.match(output, /kubeContext: can't query the cluster of "preview-deployer".*(Unauthorized|logged in)/);
    });
  });
});

interface Kubeconfig {
  clusters: { cluster: { server: string } }[];
  users: { user: object }[];
}
