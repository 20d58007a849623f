import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serving } from "../../lifecycle/serving";

describe("whether a preview serves", () => {
  /** What the host answers, one by one; the last for ever. */
  async function waitsFor(answers: Record<"/" | "/api/", number[]>): Promise<string[]> {
    const asked: string[] = [];
    const server = createServer(({ url }, answer) => {
      const path = url as keyof typeof answers;
      const status = answers[path].length > 1 ? answers[path].shift()! : answers[path][0]!;
      asked.push(`${path} ${status}`);
      answer.writeHead(status).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      await serving(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { report: () => undefined });
      return asked;
    } finally {
      server.close();
    }
  }

  it("is seen by its page, which no redirect and no error stands in for", async () => {
    assert.deepEqual(await waitsFor({ "/": [404, 302, 200], "/api/": [200] }), [
      "/ 404",
      "/ 302",
      "/ 200",
      "/api/ 200",
    ]);
  });

  it("waits for the API behind it while that can't be reached yet, whatever it answers then", async () => {
    assert.deepEqual(await waitsFor({ "/": [200], "/api/": [502, 503, 404] }), [
      "/ 200",
      "/api/ 502",
      "/api/ 503",
      "/api/ 404",
    ]);
  });
});
