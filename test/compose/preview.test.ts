import assert from "node:assert/strict";
import { join } from "node:path";
import { checkout, Podman } from "../../embedded";
import { eventually } from "../engine/http";
import { type Client, client } from "./client";
import { assertNothingIsLeft } from "./leftovers";

const host = "pr-7.previews.example.com";
const origin = `https://${host}`;
const sha = "4f5c2d1";
const variables = {
  GIT_SHA: sha,
  PREVIEW_HOST: host,
  API_IMAGE: "preview.local/api",
  WEB_IMAGE: "preview.local/web",
  WEB_PORT: "4080",
  DJANGO_SECRET_KEY: "d".repeat(40),
  NEXTAUTH_SECRET: "n".repeat(40),
  POSTGRES_PASSWORD: "p".repeat(20),
  DEMO_USER_PASSWORD: "r".repeat(20),
};

describe("docker-compose.preview.yml with podman-compose", () => {
  let podman: Podman;
  let proxy: Client;
  const options = {
    file: join(checkout, "examples/order-desk/docker-compose.preview.yml"),
    project: "preview",
    variables,
  };
  const compose = (...args: string[]) => podman.compose(options, ...args);

  before(async () => {
    podman = await Podman.start();
    const { api, web, postgres } = await podman.take(["api", "web", "postgres"], console.error);
    await podman.podman("tag", api, `${variables.API_IMAGE}:${sha}`);
    await podman.podman("tag", web, `${variables.WEB_IMAGE}:${sha}`);
    Object.assign(variables, { POSTGRES_IMAGE: postgres });
    // As a proxy that ends TLS would ask.
    const headers = { host, "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7" };
    proxy = client(podman.forward(Number(variables.WEB_PORT)), origin, headers);
  });
  after(async () => {
    await proxy?.close();
    await podman?.remove();
  });

  it("doesn't start without a required variable, and says what it must be", async () => {
    const lacking = { ...options, variables: { ...variables, PREVIEW_HOST: "" } };
    await assert.rejects(podman.compose(lacking, "up", "--detach"), /PREVIEW_HOST.*the public host/);
    assert.equal(await podman.podman("ps", "--all", "--quiet"), "");
  });

  it("comes up migrated and seeded with one command, and serves its data on loopback", async () => {
    await compose("up", "--detach");
    const page = await untilItServes();
    assert.match(page, /Little Heron/);
    assert.ok(page.includes(host), "the page names its host");
    assert.equal(await timesSeeded(), 1);
  });

  for (const service of ["db", "api", "web"]) {
    it(`reports its ${service} as healthy`, async () => {
      await podman.podman("healthcheck", "run", `preview_${service}_1`);
    });
  }

  it("logs in through the web, with cookies that no other host can set, and lets the reviewer ship an order", async () => {
    await proxy.ask("/api/session/");
    const login = { username: "reviewer", password: variables.DEMO_USER_PASSWORD };
    const answer = await proxy.ask("/api/session/", { method: "POST", json: login });
    assert.equal(answer.status, 200, answer.body);
    for (const name of ["__Host-sessionid", "__Host-csrftoken"]) {
      assert.match(proxy.cookies.get(name) ?? "", /; Path=\/; .*Secure$/, name);
      assert.doesNotMatch(proxy.cookies.get(name) ?? "", /Domain/i, name);
    }
    const shipped = await proxy.ask("/api/orders/1/ship/", { method: "POST" });
    assert.equal(shipped.status, 200, shipped.body);
    assert.equal(await statusOfOrder(1), "shipped");
  });

  it("keeps reviewers' changes across a restart", async () => {
    await compose("restart");
    await untilItServes();
    assert.equal(await statusOfOrder(1), "shipped");
    assert.equal((JSON.parse((await proxy.ask("/api/session/")).body) as { username: string }).username, "reviewer");
  });

  it("migrates but doesn't seed when it is recreated on the same database", async () => {
    await compose("down");
    await compose("up", "--detach");
    await untilItServes();
    assert.equal(await statusOfOrder(1), "shipped");
    assert.equal(await timesSeeded(), 0);
    assert.match(await podman.logs("preview_api_1"), /No migrations to apply/);
  });

  it("serves nothing when its migration fails", async () => {
    await compose("down", "--volumes");
    await compose("up", "--detach", "db");
    const inTheWay = "CREATE TABLE orders_order ()";
    const psql = ["psql", "--username=app", "--dbname=app_preview", `--command=${inTheWay}`];
    await eventually(() => podman.podman("exec", "preview_db_1", ...psql));
    await compose("up", "--detach");
    await eventually(async () => {
      assert.match(await podman.logs("preview_api_1"), /orders\.0001_initial failed/);
    });
    assert.doesNotMatch(await podman.logs("preview_api_1"), /gunicorn/);
  });

  it("leaves nothing behind after down --volumes", async () => {
    await compose("down", "--volumes");
    await assertNothingIsLeft(podman);
  });

  const untilItServes = () =>
    eventually(async () => {
      const { status, body } = await proxy.ask("/");
      assert.equal(status, 200);
      assert.match(body, /Little Heron/);
      return body;
    });

  async function statusOfOrder(id: number): Promise<string> {
    const { body } = await proxy.ask(`/api/orders/${id}/`);
    return (JSON.parse(body) as { status: string }).status;
  }

  async function timesSeeded(): Promise<number> {
    return (await podman.logs("preview_api_1")).split("demo orders are there").length - 1;
  }
});
