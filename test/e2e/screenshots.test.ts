import assert from "node:assert/strict";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeScreenshots } from "../../verify/screenshots/screenshots";
import { parseProduct } from "../../verify/product";
import { Target } from "../../verify/target";
import { outside } from "../../verify/view";
import { descendantsOf } from "../faults/processes";
import { chromiumPath } from "./browser";

/** Another host, and another port of the page's own host, whose content a page tries to show in its picture. */
let visitors = 0;
const alone: RequestListener = (_, answer) => {
  visitors += 1;
  answer.end("what only this machine can see");
};
const other = createServer(alone);
const neighbour = createServer(alone);
/** Receives datagrams from WebRTC and WebTransport. */
let datagrams = 0;
/** Whether the page that sends them has finished. */
let hasTried = false;
let whenTried = () => {};
const udp = createSocket("udp4", () => {
  datagrams += 1;
});
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Variables of the browser's processes whose names contain a text. */
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
/** The browser's processes that run during a page's request. */
let processes: { uid: number; userNamespace: string; capabilities: string; isRenderer: boolean; commandLine: string }[];

const processesOfBrowser = () =>
  descendantsOf(process.pid, /^chrom/).flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return {
        uid: Number(/^Uid:\t(\d+)/m.exec(status)?.[1]),
        capabilities: /^CapPrm:\t(\w+)/m.exec(status)?.[1] ?? "",
        userNamespace: readlinkSync(`/proc/${pid}/ns/user`),
        isRenderer: commandLine.includes("--type=renderer"),
        commandLine,
      };
    } catch {
      return [];
    }
  });

/** Tries every way in which a page can reach an origin, then tells its own server. */
const tries = (origin: string) => `
  <img src="${origin}/img"><iframe src="${origin}/frame"></iframe><link rel="preconnect" href="${origin}">
  <script>
    const socket = new WebSocket("${origin.replace("http", "ws")}/socket");
    Promise.allSettled([fetch("${origin}/fetch", { mode: "no-cors" }), fetch("${origin.replace("http", "https")}/", { mode: "no-cors" })])
      .then(() => { location = "${origin}/"; });
  </script>`;

/** Sends datagrams, and finishes loading only after that. */
const sends = (port: number) => `
  <img src="/loads-until-tried">
  <script>
    const connection = new RTCPeerConnection({ iceServers: [
      { urls: "stun:127.0.0.1:${port}" },
      { urls: "turn:127.0.0.1:${port}", username: "a", credential: "b" },
    ] });
    connection.createDataChannel("any");
    connection.createOffer().then((offer) => connection.setLocalDescription(offer));
    const gathered = new Promise((resolve) => {
      connection.onicegatheringstatechange = () => connection.iceGatheringState === "complete" && resolve();
    });
    let transported = Promise.resolve();
    try { transported = new WebTransport("https://127.0.0.1:${port}/").ready.catch(() => undefined); } catch {}
    Promise.all([gathered, transported]).then(() => fetch("/tried"));
  </script>`;

/** A page is as high as the number in its URL, plus 1000 for a visitor logged in with the admin's form. */
const site: RequestListener = ({ url = "", method, headers }, answer) => {
  const isLoggedIn = headers.cookie?.includes("sessionid=abc") === true;
  answer.setHeader("content-type", "text/html");
  if (url === "/api/admin/login/" && method === "POST") {
    answer.writeHead(302, { "set-cookie": "sessionid=abc; Path=/", location: "/api/admin/" }).end();
  } else if (url.startsWith("/api/admin/")) {
    answer.setHeader("set-cookie", "csrftoken=xyz; Path=/");
    answer.end(isLoggedIn ? "welcome" : '<input name="csrfmiddlewaretoken"><input name="password">');
  } else {
    processes = processesOfBrowser();
    variables = { path: variablesOfBrowser("PATH="), secret: variablesOfBrowser("TEST_SECRET") };
    const height = Number(/\d+$/.exec(url)?.[0] ?? 0) + (isLoggedIn ? 1000 : 0);
    answer.statusCode = url.startsWith("/missing/") ? 404 : 200;
    if (url === "/loads-until-tried") {
      whenTried = () => answer.end();
      return;
    }
    if (url === "/tried") {
      hasTried = true;
      whenTried();
    }
    const bodies: Record<string, string> = {
      leaves: tries(`http://127.0.0.2:${portOf(other)}`),
      neighbour: tries(`http://127.0.0.1:${portOf(neighbour)}`),
      localhost: tries(`http://pr-1.localhost:${portOf(neighbour)}`),
      sends: sends(udp.address().port),
      blank: "<script>location = 'about:blank'</script>",
    };
    if (url.startsWith("/redirects/")) {
      answer.writeHead(302, { location: `http://127.0.0.1:${portOf(neighbour)}/` });
    }
    const body = bodies[url.split("/")[1] ?? ""] ?? url;
    answer.end(`<body style="margin: 0; height: ${height}px">${body}</body>`);
  }
};

describe("screenshots", () => {
  const server = createServer(site);
  const folder = mkdtempSync(join(tmpdir(), "preview-test-screenshots-"));
  let told: string[] = [];

  before(async () => {
    process.env.PREVIEW_CHROMIUM = chromiumPath;
    process.env.TEST_SECRET = "not for pages";
    await once(server.listen(0, "127.0.0.1"), "listening");
    await once(other.listen(0, "127.0.0.2"), "listening");
    await once(neighbour.listen(0, "127.0.0.1"), "listening");
    await once(udp.bind(0, "127.0.0.1"), "listening");
  });
  beforeEach(() => {
    readdirSync(folder).forEach((name) => rmSync(join(folder, name)));
    told = [];
    [visitors, datagrams, hasTried] = [0, 0, false];
  });
  after(() => {
    delete process.env.PREVIEW_CHROMIUM;
    delete process.env.TEST_SECRET;
    server.close();
    other.close();
    neighbour.close();
    udp.close();
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

  it("show whole pages, as the demo login sees them", async () => {
    const files = await take(["/desk/1200", "/desk/2300"], { username: "reviewer", password: "correct" });
    assert.deepEqual(files, [join(folder, "1-desk-1200.png"), join(folder, "2-desk-2300.png")]);
    assert.deepEqual(files.map(size), [
      { width: 1280, height: 2200 },
      { width: 1280, height: 3300 },
    ]);
    assert.deepEqual(told, []);
  });

  it("show the pages as an anonymous visitor sees them when there is no login, and say so", async () => {
    const [file] = await take(["/desk/1200"]);
    assert.deepEqual(size(file!), { width: 1280, height: 1200 });
    assert.match(told.join("\n"), /^screenshots are without a login: no login: set PREVIEW_USERNAME/);
  });

  it("show nothing of another origin, and none is taken of a page that goes there by any means", async () => {
    const pages = ["leaves", "neighbour", "localhost", "redirects", "blank"].map((name) => `/${name}/1200`);
    const files = await take([...pages, "/desk/1200"], { username: "reviewer", password: "correct" });
    assert.equal(visitors, 0);
    assert.deepEqual(files, [join(folder, "6-desk-1200.png")]);
    assert.deepEqual(readdirSync(folder), ["6-desk-1200.png"]);
    const { port } = server.address() as AddressInfo;
    assert.deepEqual(
      told.map((line) => line.split(": ")[0]),
      pages.map((page) => `no screenshot of http://127.0.0.1:${port}${page}`),
    );
  });

  it("come from a browser that sends no datagrams, by STUN or WebTransport", async () => {
    const [file] = await take(["/sends/1200"]);
    assert.equal(datagrams, 0);
    assert.ok(hasTried);
    assert.ok(file);
  });

  it("come from a sandboxed browser without this process's secrets, and under its own user when run as root", async () => {
    await take(["/desk/1200"]);
    assert.notDeepEqual(variables.path, []);
    assert.deepEqual(variables.secret, []);
    const renderers = processes.filter(({ isRenderer }) => isRenderer);
    assert.ok(renderers.length > 0);
    for (const { uid, capabilities, commandLine } of processes) {
      const isOwn = process.getuid?.() === 0 ? uid >= 61_184 && uid < 65_520 : uid === process.getuid?.();
      assert.ok(isOwn, `${uid}: ${commandLine}`);
      assert.doesNotMatch(commandLine, /--no-sandbox/);
      assert.ok(commandLine.includes("--type=") || /^0+$/.test(capabilities), commandLine);
    }
    for (const { userNamespace, commandLine } of renderers) {
      assert.notEqual(userNamespace, readlinkSync("/proc/self/ns/user"), commandLine);
    }
  });

  it("aren't taken when the product file says so", async () => {
    process.env.PREVIEW_CHROMIUM = "/nonexistent";
    assert.deepEqual(await take([]), []);
    process.env.PREVIEW_CHROMIUM = chromiumPath;
  });

  for (const [what, script, expected] of [
    ["without a sandbox", "echo 'No usable sandbox!' >&2; exit 1", /Chrome can't use its sandbox here, .*setuid/],
    [
      "when the browser doesn't start",
      "echo 'no libnss3.so' >&2; exit 1",
      /no libnss3\.so; .*install Google Chrome, or/,
    ],
  ] as const) {
    it(`aren't taken ${what}, with a message that says what to do`, async () => {
      const program = join(folder, "chromium");
      writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      chmodSync(folder, 0o755);
      process.env.PREVIEW_CHROMIUM = program;
      try {
        await assert.rejects(take(["/desk/1200"]), expected);
      } finally {
        process.env.PREVIEW_CHROMIUM = chromiumPath;
        rmSync(program);
      }
    });
  }

  it("are also taken of an error page, with a message", async () => {
    const [file] = await take(["/missing/900"], { username: "reviewer", password: "correct" });
    assert.deepEqual(size(file!), { width: 1280, height: 1900 });
    assert.match(told.join("\n"), /^screenshot of \S+\/missing\/900: it answers 404$/);
  });
});
