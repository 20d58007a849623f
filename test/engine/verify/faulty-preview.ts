import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployed } from "../../../lifecycle/inventory/deployed";
import { Cluster } from "../../../verify/cluster";
import { type ProductInput, readProduct } from "../../../verify/product";
import { Target } from "../../../verify/target";
import { type Report, verify } from "../../../verify/run-checks";
import { inside, type ViewOptions } from "../../../verify/view";
import { httpClient } from "../../../clients/http/client";
import { caCertificate, ensureImage } from "../../../embedded";
import { embedded } from "../embedded";
import { ask, eventually } from "../http";
import { kubectl } from "../kubectl";
import { Preview } from "../preview";

export const productFile = join(__dirname, "../../../preview-verify.yaml");

type Variables = Readonly<Record<string, string>>;

export interface Fault {
  /** Variables of the processes, beside and in place of the right ones. FAULT chooses one of `api/faults.py`. */
  readonly api?: Variables;
  readonly web?: Variables;
  /** A fault of the front of the web, `web/faulty.mts`. */
  readonly front?: string;
}

const workloads = ["api", "web"] as const;
type Workload = (typeof workloads)[number];

/** What a container does before its first fault. */
const nothing: Readonly<Record<Workload, string>> = { api: "{}", web: "" };

/** A preview of the reference product whose settings and proxy can be made faulty, one fault after the other. */
export class FaultyPreview {
  readonly preview: Preview;
  deployed!: Deployed;
  private readonly client = httpClient([readFileSync(caCertificate, "utf8")]);
  /** The fault that was planted last. */
  private readonly planted: Record<Workload, string> = { ...nothing };

  constructor(pullRequest: number) {
    this.preview = new Preview(pullRequest);
  }

  get namespace(): string {
    return this.preview.namespace;
  }

  async open(): Promise<void> {
    const { images } = embedded();
    const build = (workload: Workload, buildArgs: Variables) =>
      ensureImage({ name: `faulty-${workload}`, context: join(__dirname, workload), buildArgs }, () => undefined);
    const api = await build("api", { API_IMAGE: images.api });
    const web = await build("web", { WEB_IMAGE: images.web });
    await this.preview.init({
      api: { ...this.preview.settings.api, image: api, settingsModule: "faults", command: ["python", "faulty.py"] },
      web: { ...this.preview.settings.web, image: web, command: ["node", "faulty.mts"] },
      ingress: { apiHost: true },
    });
    await this.preview.up();
    this.deployed = await this.preview.deployed();
    // So that no pod without the fault still answers, without waiting five seconds for open connections.
    for (const workload of workloads) {
      const containers = [{ name: workload, lifecycle: null }];
      const spec = {
        strategy: { type: "Recreate", rollingUpdate: null },
        template: { spec: { terminationGracePeriodSeconds: 1, containers } },
      };
      await this.kubectl("patch", `deployment/${workload}`, "--patch", JSON.stringify({ spec }));
    }
    await this.settled();
    await this.preview.reachable();
  }

  /** Replaces the current fault in the running containers, without new pods. */
  async plant({ api = {}, web = {}, front = "" }: Fault): Promise<void> {
    const wanted = { api: JSON.stringify(api), web: JSON.stringify({ front, variables: web }) };
    const command = { api: ["python", "faulty.py", "plant"], web: ["node", "faulty.mts", "plant"] };
    for (const workload of workloads.filter((one) => wanted[one] !== this.planted[one])) {
      await this.kubectl("exec", `deployment/${workload}`, "--", ...command[workload], wanted[workload]);
      this.planted[workload] = wanted[workload];
    }
    await eventually(() => this.answers());
  }

  /** Changes a Deployment's variables, and so its pod; `NAME-` removes one. */
  async setVariables(workload: Workload, ...variables: string[]): Promise<void> {
    await this.kubectl("set", "env", `deployment/${workload}`, ...variables);
    await this.renewed(workload);
  }

  /** Resolves once a new pod has replaced the former one. */
  async renewed(workload: Workload): Promise<void> {
    await this.settled();
    this.planted[workload] = nothing[workload];
    await eventually(() => this.answers());
  }

  /** What `preview verify <number>` finds. */
  async verify(product: Partial<ProductInput> = {}, options: ViewOptions = {}): Promise<Report> {
    const view = await inside(this.deployed, { client: this.client, ...options });
    const known = { ...readProduct(productFile), events: "/api/events/" };
    return verify(new Target({ ...view, product: { ...known, ...product } }));
  }

  close(): Promise<void> {
    return this.preview.close();
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return kubectl("--namespace", this.namespace, ...args);
  }

  /** New pods are in place once the ingress reaches the web, and the web the API. */
  async answers(): Promise<void> {
    const { status } = await ask(`${this.preview.names.origin}/`);
    if (status >= 500) {
      throw new Error(`the web answers ${status}`);
    }
    await new Cluster({ kubeContext: "preview", namespace: this.namespace }).askApi({ path: "/healthz" });
  }

  async settled(): Promise<void> {
    for (const workload of workloads) {
      await this.kubectl("rollout", "status", `deployment/${workload}`, "--timeout=120s");
    }
  }
}
