import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { GitHubStandIn, shaOf } from "../doubles/github";
import { ask, eventually } from "../engine/http";
import { Preview } from "../engine/preview";
import { Checkouts } from "./checkouts";
import { closes, command, leftOf, smallImage, smallProduct } from "./small-preview";

const repository = "myorg/orders";
const number = 90095;

/** As in workflows: the shared settings are committed, and each command runs in its own checkout. */
describe("a preview whose commands each run in a fresh checkout", () => {
  let github: GitHubStandIn;
  let checkouts: Checkouts;
  let image: string;
  let next: string;

  before(async () => {
    github = await GitHubStandIn.start(repository);
    github.open(number);
    const { api, web } = await smallProduct();
    [image, next] = [api!.image!, await smallImage("next")];
    const { settings } = new Preview(number);
    const shared = { ...settings, api: { ...api, image: undefined }, web: { ...web, image: undefined } };
    checkouts = await Checkouts.make("preview-checkouts", shared);
  });
  after(async () => {
    await github?.stop();
    await (checkouts && new Preview(number, {}, checkouts.fresh()).close());
    await checkouts?.remove();
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });

  async function inNewCheckout(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await command(args, env(), checkouts.fresh());
    assert.equal(exitCode, 0, stderr + stdout);
    return stdout;
  }

  const images = async () => {
    const status = JSON.parse(await inNewCheckout("status", String(number), "--json")) as Record<string, unknown>;
    return status.images;
  };
  const serves = (body: string) =>
    eventually(async () => {
      const { origin } = new Preview(number).names;
      assert.equal((await ask(`${origin}/`)).body, `${body}\n`);
    });

  it("comes up, and updates one half to the next commit, leaving the other as it was", async () => {
    const n = String(number);
    await inNewCheckout("up", n, "--api", image, "--web", image, "--sha", shaOf(`${number}.1`), "--comment");
    assert.deepEqual(await images(), { api: image, web: image });
    github.push(number, shaOf(`${number}.2`));
    await inNewCheckout("up", n, "--web", next, "--sha", shaOf(`${number}.2`), "--comment");
    assert.deepEqual(await images(), { api: image, web: next });
    await serves(next.split(":").at(-1)!);
  });

  it("sleeps, and wakes as it was", async () => {
    await inNewCheckout("sleep", String(number));
    await inNewCheckout("wake", String(number));
    assert.deepEqual(await images(), { api: image, web: next });
    await serves(next.split(":").at(-1)!);
  });

  it("is recognised by reconcile", async () => {
    const { previews } = JSON.parse(await inNewCheckout("reconcile", "--json")) as {
      previews: { pullRequest: number; action: string }[];
    };
    const own = previews.find(({ pullRequest }) => pullRequest === number);
    assert.equal(own?.action, "nothing");
  });

  it("is closed, leaving nothing behind", async () => {
    github.close(number);
    const project = checkouts.fresh();
    await closes(number, env(), project);
    assert.deepEqual(await leftOf(new Preview(number, {}, project), number, repository), []);
    assert.equal(existsSync(`${project.folder}/Pulumi.pr-${number}.yaml`), false);
    assert.equal(github.comments.length, 1);
  });
});
