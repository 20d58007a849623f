import assert from "node:assert/strict";
import { execa } from "execa";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Report } from "../../verify/run-checks";
import { query } from "./kubectl";
import { placeOrder } from "./orders";
import { desk as preview } from "../shared-previews";

/** The command `preview` as typed, in the folder of the tests' Pulumi project. */
describe("the command preview", () => {
  const number = String(preview.pullRequest);
  const project = join(__dirname, "project");
  const command = (...args: string[]) => commandIn(project, ...args);
  const commandIn = (cwd: string, ...args: string[]) =>
    execa(process.execPath, [join(__dirname, "../../bin/preview.mjs"), ...args], {
      cwd,
      // As for a person, even when the tests run in a workflow.
      env: { CI: "", GITHUB_ACTIONS: "", GITHUB_TOKEN: "" },
      reject: false,
    });
  const given = [
    process.execPath,
    "-p",
    "const e = process.env; JSON.stringify([e.PREVIEW_URL, e.PREVIEW_USERNAME, e.PREVIEW_PASSWORD])",
  ];

  before(() => preview.open());

  it("status shows the preview's parts, and its login only when asked", async () => {
    const { stdout, exitCode } = await command("status", number, "--json");
    assert.equal(exitCode, 0);
    const status = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(status.url, preview.names.origin);
    assert.equal(status.answers, "200");
    assert.equal(status.login, undefined);
    const { password } = await preview.login();
    assert.ok(!stdout.includes(password));
    assert.deepEqual([status.state, status.wrong], ["not checked", []]);
    const table = await command("status", number, "--login");
    assert.match(table.stdout, new RegExp(`^username +reviewer\\npassword +${password}$`, "m"));
  });

  it("status --login shows nothing without the right to read the Secret", async () => {
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [join(__dirname, "../../bin/preview.mjs"), "status", number, "--login"],
      { cwd: project, env: { CI: "", KUBECONFIG: "/nonexistent" }, reject: false },
    );
    assert.equal(exitCode, 2);
    assert.match(stderr, /preview-deployer/);
    assert.equal(stdout, "");
  });

  it("status --login requires a number", async () => {
    const { stdout, stderr, exitCode } = await command("status", "--login");
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /give its number/);
  });

  it("status says when there is no such preview", async () => {
    const { stderr, exitCode } = await command("status", "90999");
    assert.equal(exitCode, 2);
    assert.match(stderr, /pr-90999/);
    assert.doesNotMatch(stderr, /^\s+at /m, "a stack trace");
  });

  it("test passes URL and login to a command, and returns its exit code", async () => {
    const { username, password } = await preview.login();
    const byNumber = await command("test", number, "--", ...given);
    assert.deepEqual(JSON.parse(byNumber.stdout), [preview.names.origin, username, password]);
    const byUrl = await command("test", `${preview.names.origin}/orders`, "--", ...given);
    assert.deepEqual(JSON.parse(byUrl.stdout), [preview.names.origin, null, null]);
    assert.equal((await command("test", number, "--", process.execPath, "-e", "process.exit(7)")).exitCode, 7);
    const missing = await command("test", number, "--", "no-such-command");
    assert.match(missing.stderr, /^no-such-command is not on PATH$/m);
    assert.equal(missing.exitCode, 2);
  });

  it("up checks the contract when the project has a product file", async () => {
    const copy = mkdtempSync(join(__dirname, "project-"));
    try {
      for (const file of ["Pulumi.yaml", "index.ts"]) {
        cpSync(join(project, file), join(copy, file));
      }
      const page = (text: string) =>
        writeFileSync(join(copy, "preview-verify.yaml"), stringify({ page: { path: "/", text } }));
      page("New order");
      const passed = await commandIn(copy, "up", number);
      assert.equal(passed.exitCode, 0, passed.stdout + passed.stderr);
      assert.match(passed.stdout, /^took .*checks \d/m);
      assert.match(passed.stdout, /: \d+ passed, \d+ not checked$/m);
      page("What no page says");
      const failed = await commandIn(copy, "up", number, "--json");
      assert.equal(failed.exitCode, 1);
      const { outcome, checks } = JSON.parse(failed.stdout) as { outcome: string; checks: Report };
      assert.equal(outcome, "up");
      assert.deepEqual(
        checks.findings.filter((finding) => finding.outcome === "failed").map(({ id }) => id),
        ["server-to-api"],
      );
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("logs shows what a part has logged, the migration among them", async () => {
    assert.match(
      (await command("logs", number, "api", "--tail", "10000")).stdout,
      /Listening at: http:\/\/0\.0\.0\.0:8000/,
    );
    assert.match((await command("logs", number, "migration")).stdout, /Applying orders\.0001_initial/);
    const one = await command("logs", number, "web", "--tail", "1");
    assert.equal(one.stdout.split("\n").length, 1, one.stdout);
    const unknown = await command("logs", number, "cache");
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /has no part cache for this; there are api, db, migration, web/);
  });

  it("logs removes commands for a terminal or a workflow, and otherwise prints every byte", async () => {
    const words = String.raw`\n\033[2Jgone\n::error::Approved\n##[error]Approved\n`;
    await command("shell", number, "api", "--", "sh", "-c", `printf '${words}' > /proc/1/fd/1`);
    const clean = /^gone\r?\n: :error::Approved\r?\n## \[error\]Approved\r?$/m;
    const logs = [join(__dirname, "../../bin/preview.mjs"), "logs", number, "api"];
    const asIs = await execa(process.execPath, logs, { cwd: project, env: { GITHUB_ACTIONS: "" } });
    assert.ok(asIs.stdout.includes("\u001b[2Jgone\n::error::Approved\n##[error]Approved"), asIs.stdout.slice(-500));
    const workflow = await execa(process.execPath, logs, { cwd: project, env: { GITHUB_ACTIONS: "true" } });
    assert.match(workflow.stdout, clean);
    const onTerminal = ["--quiet", "--return", "--command", [process.execPath, ...logs].join(" "), "/dev/null"];
    const terminal = await execa("script", onTerminal, { cwd: project, env: { GITHUB_ACTIONS: "" }, stdin: "ignore" });
    assert.match(terminal.stdout, clean);
  });

  it("shell runs a command in a part, or SQL in the database, and returns its exit code", async () => {
    const python = await command("shell", number, "api", "--", "python", "-c", "print(6 * 7)");
    assert.equal(python.stdout, "42");
    const sql = await command("shell", number, "db", "--", "psql", "-Atc", "select count(*) from orders_seedrun");
    assert.equal(sql.stdout, "1", sql.stderr);
    assert.equal((await command("shell", number, "web", "--", "node", "-e", "process.exit(7)")).exitCode, 7);
  });

  it("reset-db shows first what it would do", async () => {
    await placeOrder(preview.names.origin, "To be lost");
    const { stdout } = await command("reset-db", number, "--dry-run");
    assert.match(stdout, /database\.generation from 1 to 2.*\n.*Nothing was changed/);
    assert.equal(await query(preview.namespace, "select count(*) from orders_order where item = 'To be lost'"), "1");
  });

  it("reset-db gives the preview a new database, migrated and seeded, and the same login", async () => {
    const { password } = await preview.login();
    const { exitCode, stderr } = await command("reset-db", number);
    assert.equal(exitCode, 0, stderr);
    assert.equal(await query(preview.namespace, "select count(*) from orders_order where item = 'To be lost'"), "0");
    assert.equal(await query(preview.namespace, "select count(*) from orders_seedrun"), "1");
    assert.equal((await preview.login()).password, password);
  });

  it("refuses what is neither a number nor a web address", async () => {
    for (const target of ["0", "pr-1", "ftp://pr-1.example.com", "1; id"]) {
      const { stderr, exitCode } = await command("test", target, "--", "true");
      assert.equal(exitCode, 2, target);
      assert.ok(stderr.includes(target), stderr);
    }
  });
});
