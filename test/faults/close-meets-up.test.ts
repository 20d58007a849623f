import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import type { SettingsInput } from "../../contract";
import { GitHubStandIn } from "../doubles/github";
import { eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { faultTest } from "./fault";
import { descendantsOf, signal } from "./processes";
import { closes, command, leftOf, says, smallProduct } from "./small-preview";

const repository = "myorg/orders";

/** A web that is ready but serves nobody. */
const servesKubeletOnly = [
  "node",
  "--eval",
  `require("node:http").createServer((request, response) => {
    response.statusCode = request.headers["user-agent"]?.startsWith("kube-probe") ? 200 : 503;
    response.end();
  }).listen(process.env.PORT)`,
];

describe("close and up at the same time", () => {
  const number = 90083;
  const preview = new Preview(number);
  let product: SettingsInput;
  let github: GitHubStandIn;

  before(async () => {
    product = await smallProduct();
    github = await GitHubStandIn.start(repository);
    github.open(number);
  });
  after(async () => {
    await github?.stop();
    await preview.close();
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });
  const up = () => command(["up", String(number), "--json"], env());

  const locks = () => (existsSync(preview.locks) ? readdirSync(preview.locks) : []);
  const hasLock = () => assert.notDeepEqual(locks(), [], "the update hasn't begun yet");
  const namespace = () => kubectl("get", "namespace", preview.namespace, "--ignore-not-found", "-o", "name");
  const hasNamespace = async () => assert.notEqual(await namespace(), "", "there is no namespace yet");

  faultTest("close during up, before and after it creates the namespace", 2, async ({ recover, left }) => {
    for (const isBegun of [hasLock, hasNamespace]) {
      await preview.init({ ...product, repository });
      const coming = up();
      await eventually(isBegun);
      await recover(async () => {
        const { existed } = await closes(number, env());
        assert.deepEqual(existed.namespace, [preview.namespace]);
      });
      const { exitCode, stderr } = await coming;
      assert.equal(exitCode, 0, stderr);
      left(await leftOf(preview, number, repository));
    }
  });

  faultTest("close while up waits for the preview", 1, async ({ recover, left }) => {
    await preview.init({ ...product, repository, web: { ...product.web, command: servesKubeletOnly } });
    const coming = up();
    await says(coming, /answers 503/);
    await closes(number, env());
    await recover(async () => {
      const { exitCode, stdout, stderr } = await coming;
      assert.equal(exitCode, 0, stderr);
      const { outcome, reason } = JSON.parse(stdout) as Record<string, string>;
      assert.deepEqual([outcome, reason], ["stepped aside", `another run has closed ${preview.stack} meanwhile`]);
    });
    left(await leftOf(preview, number, repository));
  });

  faultTest("close, with pulumi slower than the namespace", 1, async ({ recover, left }) => {
    await preview.init({ ...product, repository });
    assert.equal((await up()).exitCode, 0);
    await recover(async () => {
      const closing = command(["close", String(number)], env());
      await says(closing, /deleting the namespace/);
      const held = descendantsOf(closing.pid!, /^pulumi/);
      signal(held, "SIGSTOP");
      try {
        await eventually(async () => assert.equal(await namespace(), ""));
      } finally {
        signal(held, "SIGCONT");
      }
      const { exitCode, stderr } = await closing;
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /is gone: \d+ of its objects are removed from the state/);
    });
    left(await leftOf(preview, number, repository));
  });
});
