import {
  addressOf,
  longRunning,
  nameLabel,
  type Part,
  referenceOf,
  standardPartList,
  standardParts,
} from "../contract";
import { causeOf } from "../clients/process/cause";
import { isStopping } from "../clients/kubernetes/pods";
import { type NamespaceRef, tryKubectl } from "../clients/kubernetes/kubectl";
import type { Container, Deployment, Pod, StatefulSet } from "../clients/kubernetes/types";
import { longestBody } from "../clients/http/client";
import { NotChecked, ServerFailed, TooLong } from "./not-checked";
import { answerOf, type Ask, type Question } from "./http";

/** Commands that try to connect to the Kubernetes API, by the image's interpreter. They exit with 0 if they can. */
const connectors: Readonly<Record<NonNullable<Part["interpreter"]>, readonly [string, ...string[]]>> = {
  python3: ["python3", "-c", connectInPython()],
  node: ["node", "-e", connectInNode()],
  bash: ["bash", "-c", "timeout 2 bash -c ': <>\"/dev/tcp/$KUBERNETES_SERVICE_HOST/$KUBERNETES_SERVICE_PORT\"'"],
};

/** A preview's Kubernetes objects and containers. */
export class Cluster {
  /**
   * @param policies names of the NetworkPolicies that its last update made @default unknown
   * @param signal cancels all requests
   */
  constructor(
    private readonly place: NamespaceRef,
    readonly parts: readonly Part[] = standardPartList,
    readonly policies?: readonly string[],
    private readonly signal?: AbortSignal,
  ) {}

  /** The same, with requests cancelled by the signal. */
  until(signal: AbortSignal): Cluster {
    return new Cluster(this.place, this.parts, this.policies, signal);
  }

  /** The pods that aren't terminating. @param part the part that they belong to @default all running pods */
  async pods(part?: Part): Promise<Pod[]> {
    const which = part === undefined ? ["--field-selector=status.phase=Running"] : ["-l", `${nameLabel}=${part.name}`];
    const list = await this.run(["get", "pods", ...which, "--output=json"]);
    const { items } = JSON.parse(list.stdout) as { items: Pod[] };
    return items.filter((pod) => !isStopping(pod));
  }

  /** A part's container, as its workload describes it. */
  async container(part: Part): Promise<Container> {
    const { stdout } = await this.run(["get", referenceOf(part), "--output=json"]);
    const { spec } = JSON.parse(stdout) as Deployment | StatefulSet;
    return spec.template.spec.containers[0]!;
  }

  /** The names of the namespace's objects of a kind. */
  async names(kind: string): Promise<string[]> {
    const { stdout } = await this.run(["get", kind, "--output=jsonpath={.items[*].metadata.name}"]);
    return stdout.split(" ").filter((name) => name !== "");
  }

  /** The workloads, of those whose images have something to try it with, whose containers can connect to the Kubernetes API. */
  async reachingKubernetes(): Promise<string[]> {
    const tries = longRunning(this.parts).map(async (part) => {
      if (part.interpreter === undefined) {
        return [];
      }
      const [workload, command] = [referenceOf(part), connectors[part.interpreter]];
      const { exitCode } = await this.run(["exec", workload, "--", ...command]);
      if (part.role === "service" && exitCode !== 0) {
        // One that runs another image than the part that it is made from may lack the interpreter.
        return [];
      }
      if (exitCode === 126 || exitCode === 127) {
        throw new NotChecked(`the container of ${workload} has no ${command[0]} to try it with`);
      }
      return exitCode === 0 ? [workload] : [];
    });
    return (await Promise.all(tries)).flat();
  }

  /** Runs a command in a part's container. @throws NotChecked if it can't be run; any exit code is a result */
  exec(part: Part, command: readonly string[], input = ""): Promise<{ exitCode: number; stdout: string }> {
    return this.run(["exec", "--stdin", referenceOf(part), "--", ...command], input);
  }

  /** Whether a web of its own serves the public host, and not the API. */
  get hasWeb(): boolean {
    return this.parts.some(({ name }) => name === standardParts.web.name);
  }

  /**
   * Sends a request to Django as Next.js does: from the web's container, to `http://api:8000`.
   *
   * @throws NotChecked also where there is no such container (`web.enabled: false`)
   */
  readonly askApi: Ask = async ({ path, method, headers, body }: Question) => {
    if (!this.hasWeb) {
      throw new NotChecked("it is asked from the web's container, and this preview has none (web.enabled: false)");
    }
    const address = `http://${addressOf(standardParts.api)}`;
    const url = `${address}${path}`;
    const request = JSON.stringify({ url, method, headers, body, limit: longestBody });
    const { exitCode, stdout } = await this.exec(standardParts.web, ["node", "-e", askFromInside], request);
    if (exitCode === tooLong) {
      throw new TooLong(url);
    }
    if (exitCode === unanswered) {
      throw new ServerFailed(`${address} does not answer the web's container: ${stdout.trim()}`);
    }
    if (exitCode !== 0) {
      throw new NotChecked(`${address} can't be reached from the web's container`);
    }
    const answer = JSON.parse(stdout) as { status: number; pairs: [string, string][]; body: string };
    return answerOf(path, answer.status, answer.pairs, Buffer.from(answer.body, "base64"));
  };

  private async run(args: readonly string[], input?: string): Promise<{ exitCode: number; stdout: string }> {
    const result = await tryKubectl(this.place, ["--request-timeout=30s", ...args], {
      input,
      timeout: 60_000,
      limit: longestOutput,
      signal: this.signal,
    });
    const { stdout, stderr, exitCode, isMaxBuffer } = result;
    if (isMaxBuffer) {
      throw new NotChecked(`kubectl ${args[0]} prints more than ${longestOutput / 2 ** 20} Mi characters`);
    }
    const isOfCommand = /command terminated with exit code \d+/.test(stderr);
    if (exitCode === undefined || (exitCode !== 0 && !isOfCommand)) {
      const reason = stderr.split("\n").findLast((line) => line !== "") ?? causeOf("kubectl", result);
      throw new NotChecked(`kubectl ${args[0]} with the context ${this.place.kubeContext}: ${reason}`);
    }
    return { exitCode, stdout };
  }
}

/** In characters. Limited, since a pull request decides what a container prints; a body is longer as base64, with headers. */
const longestOutput = 2 * longestBody;

/** The exit code of the script below if the body exceeds the limit. */
const tooLong = 3;

/** Its exit code if there is no response; it prints the reason. */
const unanswered = 4;

/** For the web's Node.js. Reads the request from standard input, so that no process list shows it. */
const askFromInside = `
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
  const { url, method, headers, body, limit } = JSON.parse(Buffer.concat(chunks).toString());
  const call = require("node:http").request(url, { method, headers, timeout: 30000 }, (answer) => {
    const parts = [];
    let size = 0;
    answer.on("data", (part) => {
      parts.push(part);
      size += part.length;
      if (size > limit) process.exit(${tooLong});
    }).on("end", () => {
      const pairs = answer.rawHeaders.flatMap((name, i, raw) => (i % 2 ? [] : [[name, raw[i + 1]]]));
      console.log(JSON.stringify({ status: answer.statusCode, pairs, body: Buffer.concat(parts).toString("base64") }));
    });
  });
  call.on("timeout", () => call.destroy(new Error("silent")));
  call.on("error", (error) => { console.log(error.code ?? error.message); process.exit(${unanswered}); });
  call.end(body);
});
`;

function connectInPython(): string {
  const address = 'environ["KUBERNETES_SERVICE_HOST"], environ["KUBERNETES_SERVICE_PORT"]';
  return `from os import environ; import socket; socket.create_connection((${address}), 2)`;
}

function connectInNode(): string {
  return `
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const socket = require("node:net").connect({ host, port, timeout: 2000 });
socket.on("connect", () => process.exit(0)).on("timeout", () => process.exit(1)).on("error", () => process.exit(1));
`;
}
