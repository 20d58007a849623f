import assert from "node:assert/strict";
import { appendFile, cp, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { checkout, Podman } from "../../embedded";
import { eventually } from "../engine/http";
import { type Client, client } from "./client";
import { assertNothingIsLeft } from "./leftovers";

const port = 4081;
const origin = `http://localhost:${port}`;

describe("docker-compose.yml with podman-compose", () => {
  let podman: Podman;
  let sources: string;
  let browser: Client;
  let compose: (...args: string[]) => Promise<string>;

  before(async () => {
    podman = await Podman.start();
    sources = join(podman.scratch, "example");
    const made = ["node_modules", ".next", "venv", "__pycache__"];
    const filter = (path: string) => !made.includes(basename(path));
    await cp(join(checkout, "examples/order-desk"), sources, { recursive: true, filter });
    const names = ["postgres", "PYTHON_IMAGE", "NODE_IMAGE"] as const;
    const { postgres, ...bases } = await podman.take(names, console.error);
    const variables = { WEB_PORT: String(port), POSTGRES_IMAGE: postgres, ...bases };
    const options = { file: join(sources, "docker-compose.yml"), project: "development", variables };
    compose = (...args) => podman.compose(options, ...args);
    browser = client(podman.forward(port), origin, { host: `localhost:${port}` });
    await podman.build(options);
  });
  after(async () => {
    await browser?.close();
    await podman?.remove();
  });

  it("comes up with one command and serves seeded data", async () => {
    await compose("up", "--detach");
    await eventually(async () => assert.match(await page("/"), /Little Heron/));
  });

  it("logs in over plain HTTP, with unprefixed cookies", async () => {
    await browser.ask("/api/session/");
    const login = { username: "reviewer", password: "local-only" };
    const answer = await browser.ask("/api/session/", { method: "POST", json: login });
    assert.equal(answer.status, 200, answer.body);
    assert.deepEqual([...browser.cookies.keys()].sort(), ["csrftoken", "sessionid"]);
    assert.doesNotMatch([...browser.cookies.values()].join("\n"), /Secure/i);
  });

  it("accepts a form's POST with the CSRF token, and none without", async () => {
    const order = { customer: 1, item: "Espresso, 1 kg", quantity: 2 };
    const placed = await browser.ask("/api/orders/", { method: "POST", json: order });
    assert.equal(placed.status, 201, placed.body);
    const stranger = await browser.ask("/api/orders/", { method: "POST", json: order, token: "" });
    assert.equal(stranger.status, 403, stranger.body);
  });

  it("serves changed Python code once it is saved", async () => {
    const route = `
from django.http import HttpResponse

urlpatterns.insert(0, path("saved", lambda request: HttpResponse("Python as saved")))
`;
    await appendFile(join(sources, "backend/app/urls.py"), route);
    await eventually(async () => assert.equal(await page("/api/saved"), "Python as saved"));
  });

  it("serves a changed page once it is saved", async () => {
    const folder = join(sources, "frontend/app/saved");
    const save = (text: string) =>
      writeFile(join(folder, "page.tsx"), `export default function Saved() { return <p>${text}</p>; }\n`);
    await mkdir(folder);
    for (const text of ["A page as saved", "The page as saved again"]) {
      await save(text);
      await eventually(async () => assert.ok((await page("/saved")).includes(text)));
    }
  });

  it("leaves nothing behind after down --volumes", async () => {
    await compose("down", "--volumes");
    await assertNothingIsLeft(podman);
  });

  async function page(path: string): Promise<string> {
    const { status, body } = await browser.ask(path);
    assert.equal(status, 200, body);
    return body;
  }
});
