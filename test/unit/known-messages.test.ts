import assert from "node:assert/strict";
import { type Part, standardParts } from "../../contract";
import { lookFor } from "../../clients/kubernetes/rollout/known-messages";
import type { Cause } from "../../clients/kubernetes/rollout/waits";

const { api, web, db, migration } = standardParts;

/** Messages that end an update, verbatim, and the setting that each must lead to. */
const messages: readonly [part: Part, cause: Cause, message: string, lastWords: string, look: RegExp][] = [
  // kubelet
  [
    web,
    "configuration",
    "CreateContainerConfigError: container has runAsNonRoot and image will run as root",
    "",
    /web\.uid,.*id IMAGE/,
  ],
  [
    api,
    "configuration",
    'CreateContainerConfigError: container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "api-1", container: api)',
    "",
    /api\.uid,/,
  ],
  [
    api,
    "crash loop",
    'RunContainerError: failed to create containerd task: exec: "gunicorn": executable file not found in $PATH',
    "",
    /api\.command and api\.image/,
  ],
  [migration, "failed", 'StartError: exec: "./migrate.sh": permission denied', "", /api\.migrate and api\.image/],
  [web, "crash loop", "OOMKilled: ended with exit code 137, 3 times", "", /web\.resources\.memoryLimit/],
  // scheduler
  [
    db,
    "no place",
    "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
    "",
    /database\.storageClass and database\.storage/,
  ],
  // admission
  [
    api,
    "refused",
    'its pods are refused: pods "api-1" is forbidden: violates PodSecurity "restricted:latest": …',
    "",
    /transform/,
  ],
  [
    api,
    "refused",
    'its pods are refused: admission webhook "policy.example.com" denied the request: no',
    "",
    /webhook/,
  ],
  // Postgres
  [
    db,
    "crash loop",
    "Error: ended with exit code 1, 3 times",
    "FATAL:  database files are incompatible with server\nDETAIL:  The data directory was initialized by PostgreSQL version 15",
    /database\.image: another major version.*--replace-database/,
  ],
  [
    db,
    "crash loop",
    "Error: ended with exit code 1, 3 times",
    'FATAL:  data directory "/var/lib/postgresql/data/pgdata" has wrong ownership',
    /database\.uid/,
  ],
  [
    db,
    "crash loop",
    "Error: ended with exit code 1, 3 times",
    "PANIC:  could not write to file: No space left on device",
    /database\.storage$/,
  ],
  // the product
  [
    web,
    "crash loop",
    "Error: ended with exit code 1, 3 times",
    "Error: EROFS: read-only file system, open '/app/.next/cache/x'",
    /web\.writablePaths:/,
  ],
  [
    migration,
    "failed",
    "BackoffLimitExceeded: Job has reached the specified backoff limit, exit code 1",
    "OSError: [Errno 30] Read-only file system: '/app/static'",
    /api\.writablePaths:/,
  ],
  [
    api,
    "crash loop",
    "Error: ended with exit code 1, 3 times",
    "OSError: [Errno 28] No space left on device",
    /sizes.*api\.writablePaths/,
  ],
  [
    api,
    "crash loop",
    "Error: ended with exit code 1, 3 times",
    "ModuleNotFoundError: No module named 'app.settings'",
    /api\.settingsModule and api\.image/,
  ],
];

describe("a message that ends an update", () => {
  for (const [part, cause, message, lastWords, look] of messages) {
    it(`of ${part.name}: ${(lastWords || message).slice(0, 90)}`, () => {
      assert.match(lookFor(part, { cause, message }, lastWords) ?? "nothing", look);
    });
  }

  it("of the quota about a claim isn't mistaken for the scheduler's", () => {
    const message =
      'its pods are refused: failed to create PVC data-db-0: persistentvolumeclaims "data-db-0" is forbidden: exceeded quota';
    assert.equal(lookFor(db, { cause: "refused", message }, ""), undefined);
  });

  it("of a migration stopped at its deadline isn't mistaken for one about memory", () => {
    const message = "DeadlineExceeded: Job was active longer than specified deadline, exit code 137";
    assert.equal(lookFor(migration, { cause: "failed", message }, ""), undefined);
  });

  it("that is unknown leads to its cause's setting", () => {
    assert.equal(
      lookFor(api, { cause: "crash loop", message: "Error: ended with exit code 1, 3 times" }, "KeyError: 'x'"),
      undefined,
    );
    assert.equal(
      lookFor(web, { cause: "configuration", message: 'CreateContainerConfigError: secret "mail" not found' }, ""),
      undefined,
    );
  });
});
