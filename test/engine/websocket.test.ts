import assert from "node:assert/strict";
import { join } from "node:path";
import { WebSocket } from "undici";
import type { SettingsInput } from "../../contract";
import { embeddedDispatcher, ensureImage } from "../../embedded";
import { embedded } from "./embedded";
import { ask, eventually, logIn } from "./http";
import { Preview } from "./preview";

/** The reference product has no WebSockets, so its API gets one: Django Channels on an ASGI server, routed by one setting. */
describe("WebSockets to Django", () => {
  const preview = new Preview(90052);
  const url = `${preview.names.origin.replace("https:", "wss:")}/ws/echo/`;

  let api: SettingsInput["api"];

  before(async () => {
    const image = await ensureImage(
      {
        name: "api-websocket",
        context: join(__dirname, "websocket"),
        buildArgs: { API_IMAGE: embedded().images.api },
      },
      () => undefined,
    );
    const command = ["uvicorn", "asgi:application", "--host", "0.0.0.0", "--port", "8000"];
    api = { ...preview.settings.api, image, command };
    await preview.init({ api, ingress: { apiPaths: ["/ws/"] } });
    await preview.up();
    await preview.reachable();
  });
  after(() => preview.close());

  it("are routed by the ingress to the API and answer", async () => {
    assert.deepEqual(await eventually(() => conversation({ origin: preview.names.origin })), ["anonymous", "hello"]);
  });

  it("authenticate with Django's session", async () => {
    const cookie = await logIn(preview.names.origin, await preview.login());
    const [user] = await conversation({ origin: preview.names.origin, cookie });
    assert.equal(user, "reviewer");
  });

  it("refuse another preview's page", async () => {
    const sibling = preview.names.origin.replace("90052", "90053");
    await assert.rejects(conversation({ origin: sibling }), /closed/);
  });

  it("go to the web without the setting", async () => {
    const server = async () => (await ask(`${preview.names.origin}/ws/echo/`)).headers.server;
    assert.equal(await server(), "uvicorn");
    preview.configure({ api, ingress: {} });
    await preview.up();
    await eventually(async () => assert.equal(await server(), undefined));
  });

  /** Connects, says hello and resolves to what the first two messages said. */
  function conversation(headers: Record<string, string>): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { dispatcher: embeddedDispatcher(), headers });
      const messages: string[] = [];
      socket.addEventListener("open", () => socket.send("hello"));
      socket.addEventListener("message", ({ data }) => {
        messages.push(String(data));
        if (messages.length === 2) {
          socket.close();
          resolve(messages);
        }
      });
      socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
      socket.addEventListener("error", () => undefined);
    });
  }
});
