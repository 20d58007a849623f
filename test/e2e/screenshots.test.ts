import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeScreenshots } from "../../lifecycle/screenshots";
import { parseProduct } from "../../lifecycle/verify/product";
import { Target } from "../../lifecycle/verify/target";
import { outside } from "../../lifecycle/verify/view";
import { chromiumPath } from "./browser";

/** A page is as high as the number in its address, and by 1000 higher for whoever has logged in by the admin's form. */
const site: RequestListener = ({ url = "", method, headers }, answer) => {
  const isLoggedIn = headers.cookie?.includes("sessionid=abc") === true;
  answer.setHeader("content-type", "text/html");
  if (url === "/api/admin/login/" && method === "POST") {
    answer.writeHead(302, { "set-cookie": "sessionid=abc; Path=/", location: "/api/admin/" }).end();
  } else if (url.startsWith("/api/admin/")) {
    answer.setHeader("set-cookie", "csrftoken=xyz; Path=/");
    answer.end(isLoggedIn ? "welcome" : '<input name="csrfmiddlewaretoken"><input name="password">');
  } else {
    const height = Number(/\d+$/.exec(url)?.[0] ?? 0) + (isLoggedIn ? 1000 : 0);
    answer.statusCode = url.startsWith("/missing/") ? 404 : 200;
    answer.end(`<body style="margin: 0; height: ${height}px">${url}</body>`);
  }
};

describe("screenshots", () => {
  const server = createServer(site);
  const folder = mkdtempSync(join(tmpdir(), "preview-test-screenshots-"));
  let told: string[] = [];

  before(async () => {
    process.env.PREVIEW_CHROMIUM = chromiumPath;
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  beforeEach(() => {
    told = [];
  });
  after(() => {
    delete process.env.PREVIEW_CHROMIUM;
    server.close();
    rmSync(folder, { recursive: true });
  });

  const take = (screenshots: string[], credentials?: { username: string; password: string }) => {
    const { port } = server.address() as AddressInfo;
    const product = parseProduct({ screenshots }, "test");
    const target = new Target({ ...outside(`http://127.0.0.1:${port}`), product, credentials });
    return takeScreenshots(target, folder, (message) => told.push(message));
  };
  const size = (file: string) => {
    const header = readFileSync(file).subarray(16, 24);
    return { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  };

  it("are of whole pages, as the demo login sees them", async () => {
    const files = await take(["/desk/1200", "/desk/2300"], { username: "reviewer", password: "correct" });
    assert.deepEqual(files, [join(folder, "1-desk-1200.png"), join(folder, "2-desk-2300.png")]);
    assert.deepEqual(files.map(size), [
      { width: 1280, height: 2200 },
      { width: 1280, height: 3300 },
    ]);
    assert.deepEqual(told, []);
  });

  it("are as anybody sees the pages where there is no login, and that is said", async () => {
    const [file] = await take(["/desk/1200"]);
    assert.deepEqual(size(file!), { width: 1280, height: 1200 });
    assert.match(told.join("\n"), /^screenshots are without a login: no login: set PREVIEW_USERNAME/);
  });

  it("are also taken of an error, which is said", async () => {
    const [file] = await take(["/missing/900"], { username: "reviewer", password: "correct" });
    assert.deepEqual(size(file!), { width: 1280, height: 1900 });
    assert.match(told.join("\n"), /^screenshot of \S+\/missing\/900: it answers 404$/);
  });
});
