import assert from "node:assert/strict";
import { execa } from "execa";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type DeploymentRecord, limits, type Part, type SettingsInput } from "../../contract";
import { isWhole } from "../extent";
import { closes, command, leftOf, smallImage } from "../faults/small-preview";
import { embedded } from "./embedded";
import { ask, eventually } from "./http";
import { kubectl, names } from "./kubectl";
import { Preview } from "./preview";

type Services = NonNullable<SettingsInput["services"]>;

/** As the documentation writes them. The small product's image takes every part. */
const servicesOf = (image: string) =>
  parse(`
    redis:  { image: "${image}", port: 6379, uid: 999 }
    worker: { from: api, command: [celery, -A, app, worker], dependsOn: [redis], stopSeconds: 60 }
    beat:   { from: api, command: [celery, -A, app, beat], dependsOn: [redis], single: true }
    mail:   { image: "${image}", ports: { http: 8025, smtp: 1025 }, uid: 1000 }
  `) as Services;

/** By which the key is found, also where its line breaks are written otherwise. */
const mark = "MIGHAgEAMBMGByqGSM49";

const privateKey = `-----BEGIN PRIVATE KEY-----
${mark}$$AgEG\${origin} $(HOME) "double" 'single' \`back\`
\\n\té
-----END PRIVATE KEY-----
`;

/** What a product may make of values. */
const variables = {
  PUBLIC_ORIGIN: "${origin}",
  SOCKET_URL: "wss://${hostport}/ws/",
  DJANGO_ALLOWED_HOSTS: "['${host}', 'api']",
  PREVIEW: "${namespace}/${number}",
  RELEASE: "${sha.api} ${sha.web}",
  SMTP: "${mail.host}:${mail.port.smtp}",
  MAIL_PAGE: "http://${mail.host}:${mail.port.http}/",
  DB: "${database.user}@${database.host}:${database.port}/${database.name}",
  LITERAL: "$${origin} $${ ${ $ $$ $(HOME) \"double\" 'single' `back` \\n\n\té ",
  DB_PASSWORD: "${database.password}",
  SQLALCHEMY_URL: "${database.url}?sslmode=disable",
  SALT: "salt ${random.SALT}",
  FERNET_KEY: "${random.KEY.base64url}",
  AES_KEY: "${random.KEY.base64}",
  PRIVATE_KEY: "${secret.PRIVATE_KEY}",
};

/** Steps that build on each other: the life of one preview of seven parts. */
describe("a preview of several parts", () => {
  const number = 90061;
  const preview = new Preview(number);
  const { namespace } = preview;
  let images: readonly string[];

  before(async () => {
    images = await Promise.all([smallImage(), smallImage("next")]);
  });
  after(() => preview.close());

  /** @param changed services that are other than at first; undefined where one is gone */
  function product(image: string, changed: Partial<Services> = {}): SettingsInput {
    const given = Object.entries({ ...servicesOf(images[0]!), ...changed }).filter(
      ([, service]) => service !== undefined,
    );
    const services = Object.fromEntries(given) as Services;
    const { SMTP, MAIL_PAGE, ...others } = variables;
    const env = "mail" in services ? { ...others, SMTP, MAIL_PAGE } : others;
    return { api: { image, migrate: ["sleep", "2"], env }, web: { image }, services };
  }

  const withoutMail = { mail: undefined };

  async function succeeds(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await command(args);
    assert.equal(exitCode, 0, stderr);
    return `${stdout}\n${stderr}`;
  }

  it("comes up as written", async () => {
    await preview.init(product(images[0]!));
    await preview.setSecret("PRIVATE_KEY", privateKey);
    await succeeds("up", String(number));
    assert.deepEqual(await readyParts(), ["api", "beat", "db", "mail", "redis", "web", "worker"]);
    assert.equal((await ask(`${preview.names.origin}/`)).status, 200);
  });

  it("expects no change", async () => {
    await preview.pulumi("preview", "--stack", preview.stack, "--expect-no-changes");
    await preview.pulumi("refresh", "--stack", preview.stack, "--yes", "--expect-no-changes");
  });

  it("opens the paths that are set, and no other", async () => {
    const [mail, redis] = [await addressOf("mail"), await addressOf("redis")];
    const addresses = {
      api: ["api:8000"],
      db: ["db:5432"],
      // The image listens on more ports than the settings name.
      mail: ["mail:1025", "mail:8025", `${mail}:8000`, `${mail}:6379`],
      redis: ["redis:6379", `${redis}:8000`],
      web: ["web:3000"],
      cluster: ["kubernetes.default:443"],
    };
    const othersThan = (own: string) =>
      Object.entries(addresses).flatMap(([part, found]) => (own.endsWith(`/${part}`) ? [] : found));
    const open = {
      "deployment/web": ["api:8000"],
      "deployment/api": ["db:5432", "mail:1025", "mail:8025"],
      "deployment/worker": ["db:5432", "mail:1025", "mail:8025", "redis:6379"],
      "statefulset/beat": ["db:5432", "mail:1025", "mail:8025", "redis:6379"],
      "statefulset/redis": [],
      "statefulset/mail": [],
      "statefulset/db": [],
    };
    await eventually(async () => {
      const found = await Promise.all(
        Object.keys(open).map(async (from) => [from, await reaches(from, othersThan(from))]),
      );
      assert.deepEqual(Object.fromEntries(found), open);
    }, 20);
  });

  it("hands values to its containers, letter by letter", async () => {
    const { host, origin } = preview.names;
    const { port } = embedded();
    const revision = images[0]!.split(":").at(-1);
    for (const workload of ["deployment/api", "deployment/worker", "statefulset/beat"]) {
      const { SALT = "", FERNET_KEY = "", AES_KEY = "", DATABASE_URL = "", ...seen } = await environmentOf(workload);
      const expected = {
        PUBLIC_ORIGIN: origin,
        SOCKET_URL: `wss://${host}:${port}/ws/`,
        DJANGO_ALLOWED_HOSTS: `['${host}', 'api']`,
        PREVIEW: `${namespace}/${number}`,
        RELEASE: `${revision} ${revision}`,
        SMTP: "mail:1025",
        MAIL_PAGE: "http://mail:8025/",
        DB: "app@db:5432/app_preview",
        LITERAL: "${origin} ${ ${ $ $$ $(HOME) \"double\" 'single' `back` \\n\n\té ",
        DB_PASSWORD: new URL(DATABASE_URL).password,
        SQLALCHEMY_URL: `${DATABASE_URL}?sslmode=disable`,
        PRIVATE_KEY: privateKey,
        GIT_SHA: revision,
      };
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, seen[name]])), expected);
      assert.match(SALT, /^salt [A-Za-z0-9]{32}$/);
      assert.match(FERNET_KEY, /^[A-Za-z0-9_-]{43}=$/);
      assert.match(AES_KEY, /^[A-Za-z0-9+/]{43}=$/);
      assert.deepEqual(Buffer.from(FERNET_KEY, "base64url"), Buffer.from(AES_KEY, "base64"));
    }
    // Neither takes over from the API.
    for (const workload of ["statefulset/redis", "statefulset/mail"]) {
      const seen = await environmentOf(workload);
      assert.deepEqual(
        Object.keys(seen).filter((name) => name in variables || name === "DATABASE_URL"),
        [],
      );
    }
  });

  it("keeps what is secret in Secrets alone", async () => {
    const { SALT = "", FERNET_KEY = "", AES_KEY = "", DB_PASSWORD = "" } = await environmentOf("deployment/worker");
    const salt = SALT.replace("salt ", "");
    const kinds =
      "deployments,statefulsets,replicasets,controllerrevisions,jobs,pods,services,configmaps,networkpolicies,ingresses";
    const places = {
      state: await preview.pulumi("stack", "export", "--stack", preview.stack),
      outputs: await preview.pulumi("stack", "output", "--json", "--stack", preview.stack),
      objects: await kubectl("get", kinds, "-n", namespace, "-o", "json"),
      events: await kubectl("get", "events", "-n", namespace, "-o", "json"),
      "the file": readFileSync(preview.file, "utf8"),
      "what was printed": preview.output,
    };
    for (const [what, secret] of Object.entries({ mark, salt, FERNET_KEY, AES_KEY, DB_PASSWORD })) {
      for (const [where, text] of Object.entries(places)) {
        assert.ok(!text.includes(secret), `${what} is in ${where}`);
        assert.ok(!text.includes(Buffer.from(secret).toString("base64")), `${what} is in ${where}, in base64`);
      }
    }
    const kept = await kubectl("get", "secret", "-n", namespace, "-o", "jsonpath={.items[*].data.PRIVATE_KEY}");
    const texts = kept.split(" ").map((text) => Buffer.from(text, "base64").toString());
    assert.deepEqual(texts, [privateKey, privateKey, privateKey]);
  });

  it("is shown by the commands as a preview is", async () => {
    assert.match(await succeeds("logs", String(number), "worker"), /^celery -A app worker: ready$/m);
    const { parts } = JSON.parse(await preview.pulumi("stack", "output", "--json", "--stack", preview.stack)) as {
      parts: Part[];
      record: DeploymentRecord;
    };
    assert.deepEqual(
      parts.filter(({ role }) => role === "service").map(({ name, kind, runs }) => [name, kind, runs]),
      [
        ["beat", "StatefulSet", "api"],
        ["mail", "StatefulSet", undefined],
        ["redis", "StatefulSet", undefined],
        ["worker", "Deployment", "api"],
      ],
    );
  });

  it("rolls to another commit: what runs the API's image after the migration, what has its own not at all", async () => {
    const [redis, mail] = [await podOf("redis"), await podOf("mail")];
    await holdWorker();
    preview.configure(product(images[1]!));
    await succeeds("up", String(number));
    const migrated = await kubectl("get", "jobs", "-n", namespace, "-o", "jsonpath={.items[*].status.completionTime}");
    for (const part of ["api", "worker", "beat"]) {
      const { created } = await podOf(part);
      assert.ok(created >= migrated, `${part} of ${created} is older than the migration, which ended at ${migrated}`);
    }
    const revision = images[1]!.split(":").at(-1);
    assert.equal((await environmentOf("deployment/worker")).GIT_SHA, revision);
    assert.equal((await environmentOf("statefulset/beat")).GIT_SHA, revision);
    assert.deepEqual([await podOf("redis"), await podOf("mail")], [redis, mail]);
  });

  it("takes another push while the worker of before is still at its job, and lets a service go meanwhile", async () => {
    await holdWorker();
    preview.configure(product(images[0]!, withoutMail));
    await succeeds("up", String(number));
    const left = await names("statefulsets,services,networkpolicies,secrets,endpointslices", "-n", namespace);
    assert.deepEqual(
      left.filter((name) => /mail/.test(name)),
      [],
    );
    assert.deepEqual(await readyParts(), ["api", "beat", "db", "redis", "web", "worker"]);
  });

  it("says of a single part's image that it can't be pulled, and takes a good one after it", async () => {
    const image = `preview.local/small-product:${"0".repeat(40)}`;
    const { redis } = servicesOf(image);
    preview.configure(product(images[0]!, { ...withoutMail, redis }));
    const { exitCode, stderr } = await command(["up", String(number)]);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /pod redis-0: \w*ImagePull\w*: preview\.local\/small-product:0+: .+/);
    assert.match(stderr, /setting services\.redis\.image/);
    preview.configure(product(images[0]!, withoutMail));
    // As a person does it, who has no command of ours that starts over. An update that was interrupted isn't in the state.
    await preview.pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", preview.stack);
    await eventually(async () => assert.deepEqual(await readyParts(), ["api", "beat", "db", "redis", "web", "worker"]));
  });

  it("sleeps and wakes with all its parts", async () => {
    await succeeds("sleep", String(number));
    const running = ["-n", namespace, "--field-selector=status.phase!=Succeeded"];
    await eventually(async () => assert.deepEqual(await names("pods", ...running), []));
    await succeeds("wake", String(number));
    await eventually(async () => assert.deepEqual(await readyParts(), ["api", "beat", "db", "redis", "web", "worker"]));
    await eventually(
      async () => assert.deepEqual(await reaches("deployment/worker", ["redis:6379"]), ["redis:6379"]),
      20,
    );
  });

  if (isWhole) {
    it("waits with a push until pods that are ending leave room in the quota", async () => {
      const pods = String((await readyParts()).length + 1);
      const quota = JSON.stringify({ spec: { hard: { pods } } });
      await kubectl("patch", "resourcequota", "preview", "-n", namespace, "--type=merge", "-p", quota);
      const { worker } = servicesOf(images[0]!);
      for (const push of ["1", "2"]) {
        await holdWorker();
        preview.configure(product(images[0]!, { ...withoutMail, worker: { ...worker, env: { PUSH: push } } }));
        await succeeds("up", String(number));
        assert.equal((await environmentOf("deployment/worker")).PUSH, push);
      }
    });

    it("is destroyed by Pulumi alone, which waits for the worker, and comes up again", async () => {
      await holdWorker();
      await preview.pulumi("destroy", "--stack", preview.stack, "--yes", "--skip-preview");
      preview.configure(product(images[0]!));
      await succeeds("up", String(number));
    });
  }

  it("is closed while its worker is at a job, whose pod gets no more than 5 s, and leaves nothing behind", async () => {
    await holdWorker();
    const { name } = await podOf("worker");
    const graces = watchGraces(namespace, name);
    await closes(number);
    assert.deepEqual(await graces, [limits.podEndSeconds]);
    assert.deepEqual(await leftOf(preview, number), []);
  });

  const podsOf = async (part: string) => {
    const selected = ["get", "pods", "-n", namespace, "-l", `app.kubernetes.io/name=${part}`, "-o", "json"];
    const { items } = JSON.parse(await kubectl(...selected)) as { items: FoundPod[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };

  /** The one pod of a part that isn't ending. */
  async function podOf(part: string): Promise<{ name: string; uid: string; created: string }> {
    const [pod, ...more] = await podsOf(part);
    assert.ok(pod !== undefined && more.length === 0, `${part} has ${more.length + (pod ? 1 : 0)} pods`);
    const { name, uid, creationTimestamp: created } = pod.metadata;
    return { name, uid, created };
  }

  async function addressOf(part: string): Promise<string> {
    const [pod] = await podsOf(part);
    return pod!.status.podIP;
  }

  /** The parts that have a ready pod, by name. */
  async function readyParts(): Promise<string[]> {
    const { items } = JSON.parse(await kubectl("get", "pods", "-n", namespace, "-o", "json")) as { items: FoundPod[] };
    const ready = items.filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        status.conditions.some(({ type, status }) => type === "Ready" && status === "True"),
    );
    return [...new Set(ready.map(({ metadata }) => metadata.labels["app.kubernetes.io/name"]!))].sort();
  }

  const inside = (workload: string, ...args: string[]) => kubectl("exec", "-n", namespace, workload, "--", ...args);

  /** Gives the worker something to do, so that it doesn't end at SIGTERM. */
  const holdWorker = () => inside("deployment/worker", "touch", "/tmp/job");

  async function environmentOf(workload: string): Promise<Record<string, string | undefined>> {
    const printed = await inside(workload, "node", "--print", "JSON.stringify(process.env)");
    return JSON.parse(printed) as Record<string, string>;
  }

  /** Those of the addresses that a connection from a part's pod gets through to. Names resolve, or the test fails. */
  async function reaches(workload: string, addresses: readonly string[]): Promise<string[]> {
    const program = workload === "statefulset/db" ? ["bash", "-c", byBash, "bash"] : ["node", "--eval", byNode, "node"];
    const printed = await inside(workload, ...program, ...addresses);
    return printed
      .split("\n")
      .filter((line) => line !== "")
      .sort();
  }
});

interface FoundPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Record<string, string>;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
  readonly status: {
    readonly podIP: string;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

/**
 * The grace periods that a pod is deleted with, in order, until it is gone. The first counts: kubelet doesn't shorten it. Kubelet's
 * own 0, by which it removes a pod that has ended, isn't one.
 */
async function watchGraces(namespace: string, pod: string): Promise<number[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?watch=true&fieldSelector=metadata.name=${pod}`;
  const events = execa("kubectl", ["--context=preview", "get", "--raw", path], { reject: false });
  const graces: number[] = [];
  for await (const line of events) {
    const { type, object } = JSON.parse(line) as { type: string; object: FoundPod };
    const grace = object.metadata.deletionGracePeriodSeconds ?? 0;
    if (grace > 0 && grace !== graces.at(-1)) {
      graces.push(grace);
    }
    if (type === "DELETED") {
      events.kill();
    }
  }
  return graces;
}

/** Prints those of its arguments, `host:port`, that accept a connection. */
const byNode = `
  const { lookup } = require("node:dns");
  const { connect } = require("node:net");
  for (const address of process.argv.slice(2)) {
    const [name, port] = address.split(":");
    lookup(name, (unknown, host) => {
      if (unknown) throw unknown;
      const socket = connect({ host, port, timeout: 2000 });
      socket.on("connect", () => { console.log(address); socket.destroy(); });
      socket.on("timeout", () => socket.destroy()).on("error", () => undefined);
    });
  }`;

const byBash = `
  for address; do
    getent ahostsv4 "\${address%:*}" > /dev/null || exit 1
    timeout 2 bash -c "exec 3<>/dev/tcp/\${address%:*}/\${address#*:}" 2> /dev/null && echo "$address" &
  done
  wait`;
