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
import { descendantsOf } from "../faults/processes";
import { chromiumPath } from "./browser";

/** Of another host, which a page tries to show in its picture. */
let visitors = 0;
const other = createServer((_, answer) => {
  visitors += 1;
  answer.end("what only this machine can see");
});

/** Variables that the browser's processes have, by what their names contain. */
const variablesOfBrowser = (part: string) =>
  descendantsOf(process.pid, /^chrom/)
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      } catch {
        return [];
      }
    })
    .filter((variable) => variable.includes(part));

let variables: { path: string[]; secret: string[] };

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
    variables = { path: variablesOfBrowser("PATH="), secret: variablesOfBrowser("TEST_SECRET") };
    const height = Number(/\d+$/.exec(url)?.[0] ?? 0) + (isLoggedIn ? 1000 : 0);
    answer.statusCode = url.startsWith("/missing/") ? 404 : 200;
    const { port } = other.address() as AddressInfo;
    const elsewhere = `http://127.0.0.2:${port}/`;
    const leaves = `<img src="${elsewhere}"><iframe src="${elsewhere}"></iframe><script>location = "${elsewhere}"</script>`;
    const body = url.startsWith("/leaves/") ? leaves : url;
    answer.end(`<body style="margin: 0; height: ${height}px">${body}</body>`);
  }
};

describe("screenshots", () => {
  const server = createServer(site);
  const folder = mkdtempSync(join(tmpdir(), "preview-test-screenshots-"));
  let told: string[] = [];

  before(async () => {
    process.env.PREVIEW_CHROMIUM = chromiumPath;
    process.env.CI = "";
    process.env.TEST_SECRET = "not for pages";
    await once(server.listen(0, "127.0.0.1"), "listening");
    await once(other.listen(0, "127.0.0.2"), "listening");
  });
  beforeEach(() => {
    told = [];
  });
  after(() => {
    delete process.env.PREVIEW_CHROMIUM;
    delete process.env.TEST_SECRET;
    server.close();
    other.close();
    rmSync(folder, { recursive: true });
  });

  const take = (screenshots: string[], credentials?: { username: string; password: string }) => {
    const { port } = server.address() as AddressInfo;
    const product = parseProduct({ screenshots }, "test");
    const target = new Target({ ...outside(`http://127.0.0.1:${port}`), product, credentials });
    return takeScreenshots(target, { folder, report: (message) => told.push(message) });
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

  it("are by a browser that has none of this process's secrets", async () => {
    await take(["/desk/1200"]);
    assert.notDeepEqual(variables.path, []);
    assert.deepEqual(variables.secret, []);
  });

  it("show nothing of another host, by whatever way a page goes there", async () => {
    await take(["/leaves/1200"]).catch(() => undefined);
    assert.equal(visitors, 0);
  });

  it("are none where the product file says so", async () => {
    process.env.PREVIEW_CHROMIUM = "/nonexistent";
    assert.deepEqual(await take([]), []);
    process.env.PREVIEW_CHROMIUM = chromiumPath;
  });

  it("aren't taken as root in a workflow, where there is no sandbox", async () => {
    const { CI: before } = process.env;
    process.env.CI = "true";
    try {
      await assert.rejects(take(["/desk/1200"]), /Chrome has no sandbox as root/);
    } finally {
      process.env.CI = before ?? "";
    }
  });

  it("are also taken of an error, which is said", async () => {
    const [file] = await take(["/missing/900"], { username: "reviewer", password: "correct" });
    assert.deepEqual(size(file!), { width: 1280, height: 1900 });
    assert.match(told.join("\n"), /^screenshot of \S+\/missing\/900: it answers 404$/);
  });
});
