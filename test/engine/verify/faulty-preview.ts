import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployed } from "../../../lifecycle/deployed";
import { Cluster } from "../../../lifecycle/verify/cluster";
import { type ProductInput, readProduct } from "../../../lifecycle/verify/product";
import { Target } from "../../../lifecycle/verify/target";
import { type Report, verify } from "../../../lifecycle/verify/verify";
import { inside, type ViewOptions } from "../../../lifecycle/verify/view";
import { httpClient } from "../../../lifecycle/http-client";
import { caCertificate } from "../../../local/cluster";
import { ensureImage } from "../../../local/images";
import { embedded } from "../embedded";
import { ask, eventually } from "../http";
import { kubectl } from "../kubectl";
import { Preview } from "../preview";

export const productFile = join(__dirname, "../../../preview-verify.yaml");

type Variables = Readonly<Record<string, string>>;

export interface Fault {
  /** Variables of the Deployments, beside and in place of the right ones. FAULT chooses one of `api/faults.py`. */
  readonly api?: Variables;
  readonly web?: Variables;
  /** A fault of the front of the web, `web/faulty.mts`: takes no new pod. */
  readonly front?: string;
}

const workloads = ["api", "web"] as const;
type Workload = (typeof workloads)[number];

/** A preview of the reference product whose settings and proxy can be made faulty, one fault after the other. */
export class FaultyPreview {
  readonly preview: Preview;
  deployed!: Deployed;
  private readonly client = httpClient([readFileSync(caCertificate, "utf8")]);
  private right!: Record<Workload, Variables>;
  private readonly planted: Record<Workload, string> = { api: "", web: "" };

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
      api: { ...this.preview.settings.api, image: api, settingsModule: "faults" },
      web: { ...this.preview.settings.web, image: web, command: ["node", "faulty.mts"] },
      ingress: { apiHost: true },
    });
    await this.preview.up();
    this.deployed = await this.preview.deployed();
    this.right = { api: { ...(await this.variables("api")), FAULT: "" }, web: await this.variables("web") };
    // So that no pod without the fault still answers, and without the five seconds that an open connection may take.
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

  /** Takes the last fault away and plants another one. */
  async plant(fault: Fault): Promise<void> {
    const changes = await Promise.all(workloads.map((workload) => this.set(workload, fault[workload])));
    if (changes.includes(true)) {
      await this.settled();
    }
    await this.kubectl("exec", "deployment/web", "--", "sh", "-c", 'printf %s "$0" > /tmp/fault', fault.front ?? "");
    await eventually(() => this.answers());
  }

  /** Gives a Deployment its variables; says whether that changed it. */
  private async set(workload: Workload, faulty: Variables = {}): Promise<boolean> {
    const variables = { ...this.right[workload], ...faulty };
    const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    if (wanted.join() === this.planted[workload]) {
      return false;
    }
    await this.kubectl("set", "env", `deployment/${workload}`, ...wanted);
    this.planted[workload] = wanted.join();
    return true;
  }

  /** What `preview verify <number>` finds. */
  async verify(product: Partial<ProductInput> = {}, options: ViewOptions = {}): Promise<Report> {
    const view = await inside(this.deployed, { client: this.client, ...options });
    return verify(new Target({ ...view, product: { ...readProduct(productFile), ...product } }));
  }

  close(): Promise<void> {
    return this.preview.close();
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return kubectl("--namespace", this.namespace, ...args);
  }

  /** New pods have come into their place when the ingress reaches the web, and the web the API. */
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

  /** Those with a plain value, as the stack has set them. */
  private async variables(workload: Workload): Promise<Variables> {
    const path = "jsonpath={.spec.template.spec.containers[0].env}";
    const list = JSON.parse(await this.kubectl("get", `deployment/${workload}`, "--output", path)) as {
      name: string;
      value?: string;
    }[];
    return Object.fromEntries(list.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  }
}
