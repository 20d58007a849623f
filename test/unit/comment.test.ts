import assert from "node:assert/strict";
import { commentOnFailure, commentOnUp } from "../../cli/comment";
import type { Report } from "../../verify/run-checks";

const preview = {
  url: "https://pr-7.previews.example.com",
  namespace: "pr-7",
  images: { api: "api:4f5c2d1", web: "web:a1b2c3d" },
  revisions: { api: "4f5c2d1", web: "a1b2c3d" },
  kubeContext: "preview",
};
const up = { outcome: "up" as const, preview, asleep: false, seconds: { update: 12.3, serving: 1.2 } };

const checks = (seen?: string): Report => ({
  target: preview.url,
  ok: seen === undefined,
  findings: [
    { id: "csrf-origin", title: "forms can be sent", outcome: "passed", seen: "200" },
    ...(seen === undefined
      ? []
      : [
          {
            id: "seed",
            title: "the seed is there",
            outcome: "failed" as const,
            seen,
            setting: "api.seed",
            why: "reviewers see nothing",
          },
        ]),
  ],
});

describe("the comment on a pull request", () => {
  it("gives the URL, what runs there and how to log in", () => {
    const text = commentOnUp(7, { ...up, checks: checks() }, "https://github.com/myorg/orders/actions/runs/5");
    assert.match(text, /^### Preview ready: https:\/\/pr-7\.previews\.example\.com$/m);
    assert.match(text, /^\| api \| `4f5c2d1` \| `api:4f5c2d1` \|$/m);
    assert.match(text, /https:\/\/pr-7\.previews\.example\.com: 1 passed/);
    assert.match(text, /It took 14 s\. To log in: `npx preview status 7 --login`/);
    assert.doesNotMatch(text, /screenshots/i);
  });

  it("has a row for every image that a commit changes", () => {
    const images = { ...preview.images, collab: "collab:c0ffee1" };
    const revisions = { ...preview.revisions, collab: "c0ffee1" };
    const text = commentOnUp(7, { ...up, preview: { ...preview, images, revisions } });
    assert.match(text, /^\| collab \| `c0ffee1` \| `collab:c0ffee1` \|$/m);
  });

  it("names what failed and the setting to change", () => {
    const text = commentOnUp(7, { ...up, checks: checks("an empty list") });
    assert.match(text, /^### Preview up, with failed checks: /m);
    assert.match(text, /^failed: seed$/m);
    assert.match(text, /^ +seen +an empty list$/m);
    assert.match(text, /^ +change +api\.seed$/m);
  });

  it("links to the run in a workflow", () => {
    const page = "https://github.com/myorg/orders/actions/runs/5";
    assert.match(commentOnUp(7, up, page), new RegExp(`^Output: ${page}$`, "m"));
    const screenshots = ["screenshots/1-front.png"];
    assert.match(commentOnUp(7, { ...up, screenshots }, page), new RegExp(`^Screenshots and output: ${page}$`, "m"));
    assert.ok(commentOnFailure("update", "no", page).endsWith(page));
  });

  it("shows the product's output as plain text, whatever it contains", () => {
    const odd = "```\n## [Approved](https://evil.example)";
    const inOneLine = "``` ## [Approved](https://evil.example)";
    for (const [text, shown] of [
      [commentOnFailure("update", odd), odd],
      [commentOnUp(7, { ...up, checks: checks(odd) }), inOneLine],
    ] as const) {
      const [, fence, inside] = /^(`{3,})text\n([\s\S]*?)\n\1$/m.exec(text)!;
      assert.equal(fence, "````");
      assert.ok(inside!.includes(shown));
    }
  });

  it("fits GitHub's limit and stays well-formed, however much the product printed", () => {
    const page = "https://github.com/myorg/orders/actions/runs/5";
    for (const much of ["x".repeat(2 ** 24), "`a".repeat(2 ** 20), "`".repeat(2 ** 20), "\n".repeat(2 ** 20)]) {
      const text = commentOnFailure("update", `pod web-1: it fails\n${much}\nLook at web.image.`, page);
      assert.ok(text.length < 60_000, String(text.length));
      const [, , inside] = /^(`{3,})text\n([\s\S]*)\n\1\n\nOutput: /m.exec(text)!;
      assert.match(inside!, /^pod web-1: it fails\n/);
      assert.match(inside!, /\n… \d+ characters omitted …\n/);
      assert.match(inside!, /\nLook at web\.image\.$/);
      assert.ok(text.endsWith(page));
    }
  });

  it("contains no terminal or workflow commands", () => {
    const odd = "\u001b[2Jno\n::error::Approved\n##[error]x";
    const [, inside] = /^```text\n([\s\S]*?)\n```$/m.exec(commentOnFailure("update", odd))!;
    assert.equal(inside, "no\n: :error::Approved\n## [error]x");
  });
});
