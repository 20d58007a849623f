import assert from "node:assert/strict";
import { type Part, standardPartList } from "../../contract";
import { checks } from "../../verify/checks";
import { Cluster } from "../../verify/cluster";
import { NotChecked } from "../../verify/not-checked";
import { answerOf } from "../../verify/http";
import { parseProduct } from "../../verify/product";
import { Target } from "../../verify/target";
import { settingsWith } from "./example-settings";
import { fakeKubectl } from "./kubectl";

const origin = "https://pr-1.previews.example.com";
const product = parseProduct({}, "defaults");

/** What the public host answers by path; 404 elsewhere. */
type Host = Readonly<Record<string, unknown>>;

function targetWith(parts: readonly Part[], host: Host = {}): Target {
  return new Target({
    origin,
    product,
    ask: ({ path }) => {
      const found = host[path];
      const body = Buffer.from(JSON.stringify(found) ?? "");
      return Promise.resolve(
        answerOf(path, found === undefined ? 404 : 200, [["content-type", "application/json"]], body),
      );
    },
    cluster: new Cluster({ kubeContext: "previews", namespace: "pr-1" }, parts),
    ordered: {
      images: { api: "api:4f5c2d1", web: "web:a1b2c3d" },
      revisions: { api: "4f5c2d1", web: "a1b2c3d" },
    },
  });
}

const run = (id: string, target: Target) => checks.find((check) => check.id === id)!.run(target);

const partsOf = (settings: Parameters<typeof settingsWith>[0]) =>
  Object.values(settingsWith(settings).parts).filter((part) => part !== undefined);

describe("verify: the parts of a preview", () => {
  const kubectl = fakeKubectl();

  /** What the workloads' containers have, by part. */
  function has(containers: Readonly<Record<string, object>>): void {
    const cases = Object.entries(containers).map(([part, own]) => {
      const spec = { template: { spec: { containers: [{ name: part, image: "any", ...own }] } } };
      return `*" get deployment/${part} "*) echo '${JSON.stringify({ spec })}' ;;`;
    });
    kubectl.answers(`case " $* " in\n${cases.join("\n")}\n*) echo "not found" >&2; exit 1 ;;\nesac`);
  }
  const gitSha = (value: string) => ({ env: [{ name: "GIT_SHA", value }] });

  describe("revision", () => {
    const parts = partsOf({ services: { worker: { from: "api" }, files: { imageFrom: "api" } } });
    const table: [string, Readonly<Record<string, object>>, string, RegExp][] = [
      [
        "passes for each that is told",
        { api: gitSha("4f5c2d1"), web: gitSha("a1b2c3d"), worker: gitSha("4f5c2d1"), files: {} },
        "passed",
        /^api 4f5c2d1, web a1b2c3d, worker 4f5c2d1$/,
      ],
      [
        "takes a product's own way to write it, and a variable that is left out",
        { api: gitSha("release-4f5c2d1"), web: {}, worker: {}, files: {} },
        "passed",
        /^api release-4f5c2d1$/,
      ],
      [
        "finds a service with another",
        { api: gitSha("4f5c2d1"), web: gitSha("a1b2c3d"), worker: gitSha("badc0de"), files: {} },
        "failed",
        /^worker has badc0de instead of 4f5c2d1$/,
      ],
    ];
    for (const [title, containers, outcome, seen] of table) {
      it(title, async () => {
        has(containers);
        const found = await run("revision", targetWith(parts));
        assert.equal(found.outcome, outcome);
        assert.match(found.seen, seen);
      });
    }

    it("isn't checked where no container is told", async () => {
      has({ api: {}, web: {}, worker: {}, files: {} });
      await assert.rejects(run("revision", targetWith(parts)), NotChecked);
    });
  });

  describe("auth-url", () => {
    const variables = (values: Readonly<Record<string, string>>) => ({
      env: Object.entries(values).map(([name, value]) => ({ name, value })),
    });
    const providers = "/api/auth/providers";
    const table: [string, Readonly<Record<string, string>>, Host, string | RegExp][] = [
      [
        "believes a variable's origin, whatever its path",
        { NEXTAUTH_URL: `${origin}/api/auth` },
        { [providers]: {} },
        "passed",
      ],
      ["finds another origin", { AUTH_URL: "https://pr-2.previews.example.com" }, { [providers]: {} }, "failed"],
      [
        "believes next-auth more than a variable",
        { AUTH_URL: "https://sso.example.com" },
        { [providers]: { oidc: { signinUrl: `${origin}/api/auth/signin/oidc` } } },
        "passed",
      ],
      [
        "isn't checked where there is no next-auth",
        { AUTH_URL: "https://sso.example.com" },
        {},
        /there is no next-auth to ask/,
      ],
      ["isn't checked where its variables are left out", {}, { [providers]: {} }, /no provider/],
    ];
    for (const [title, values, host, expected] of table) {
      it(title, async () => {
        has({ web: variables(values) });
        const found = run("auth-url", targetWith(standardPartList, host));
        if (typeof expected === "string") {
          assert.equal((await found).outcome, expected);
        } else {
          await assert.rejects(found, (error) => error instanceof NotChecked && expected.test(error.message));
        }
      });
    }
  });

  describe("without a web of their own", () => {
    const parts = partsOf({ web: { enabled: false } });

    for (const id of ["csrf-trusted-origins", "internal-redirect", "allowed-hosts-internal", "web-health"]) {
      it(`leave ${id} unchecked, and say why`, async () => {
        has({});
        await assert.rejects(
          run(id, targetWith(parts)),
          (error) => error instanceof NotChecked && error.message.includes("web.enabled: false"),
        );
      });
    }
  });

  it("has its API's health asked only on the port that its Service leads to", async () => {
    const probe = (port: number) => ({ httpGet: { path: "/healthz", port } });
    has({ api: { ports: [{ containerPort: 8000 }], livenessProbe: probe(9000), readinessProbe: probe(9000) } });
    await assert.rejects(run("api-health", targetWith(standardPartList)), /no health check by HTTP on its own port/);
  });
});
