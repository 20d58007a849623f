import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { configuresTrust, type Settings } from "../contract";
import { DemoLogin } from "./demo-login";
import { DnsRecord } from "./dns-record";
import { Isolation } from "./isolation";
import { type PartWorkloadArgs, PreviewPart } from "./preview-part";
import { Postgres } from "./postgres";
import type { Existing } from "./program/preflight";
import { PreviewNamespace } from "./preview-namespace";
import { PreviewSecrets } from "./preview-secrets";
import { PublicHost } from "./public-host";
import { refuseDataLoss } from "./refuse-data-loss";
import { RegistryCredentials } from "./registry-credentials";
import { TrustedCa } from "./trusted-ca";
import type { Transform } from "./pod";

export interface PreviewStackArgs {
  /** From `parseSettings`: validated, with all defaults filled in. */
  readonly settings: Settings;
  /** What `preflight` found in the cluster. An update that would lose its data is refused. @default nothing */
  readonly existing?: Existing;
  /** Changes to the workloads' arguments. @default none */
  readonly transform?: {
    readonly database?: Transform<k8s.apps.v1.StatefulSetArgs>;
    readonly migration?: Transform<k8s.batch.v1.JobArgs>;
    readonly api?: Transform<k8s.apps.v1.DeploymentArgs>;
    readonly web?: Transform<k8s.apps.v1.DeploymentArgs>;
    /** By name; a single one is made from a StatefulSet's arguments. */
    readonly services?: Readonly<Record<string, Transform<PartWorkloadArgs>>>;
  };
}

/**
 * The preview of one pull request: Postgres, the Django API and the Next.js web in their own namespace, behind one public host.
 *
 * Pass the cluster as `providers: [cluster]`; no component creates its own provider.
 *
 * @example
 * new PreviewStack("pr-123", { settings: parseSettings("pr-123", "preview", values) }, { providers: [cluster] });
 */
export class PreviewStack extends pulumi.ComponentResource {
  /** `https://pr-123.previews.example.com` */
  readonly url: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;

  /** Resolves once all parts are created and ready. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: PreviewStackArgs, options?: pulumi.ComponentResourceOptions) {
    refuseDataLoss(args);
    const parts: pulumi.Resource[] = [];
    super(
      "preview:index:PreviewStack",
      name,
      {},
      { ...options, transformations: [...(options?.transformations ?? []), collectInto(parts)] },
    );
    const { settings, transform = {} } = args;

    const { namespace, ready } = new PreviewNamespace(name, { settings }, { parent: this });
    const inside = { parent: this, dependsOn: ready };
    const isolation = new Isolation(`${name}-network`, { settings, namespace }, inside);
    // No pod runs before the policies exist.
    const isolated = { parent: this, dependsOn: [...ready, isolation] };

    const secrets = new PreviewSecrets(name, settings, { parent: this }).values;
    const workload = {
      settings,
      namespace,
      secrets,
      imagePullSecrets: this.pullSecrets(name, settings, namespace, ready),
    };
    const product = { ...workload, trustedCa: this.trustedCa(name, settings, namespace, ready) };

    const database = new Postgres(`${name}-db`, { ...workload, transform: transform.database }, isolated);
    const { api, ...others } = settings.workloads;
    const migration = settings.migration && {
      migration: settings.migration,
      database,
      transform: transform.migration,
    };
    const { migrationJob } = new PreviewPart(
      `${name}-api`,
      // An API that migrates by itself must find the new database when the volume is replaced.
      { ...product, workload: api!, migration, after: database, transform: transformOf("api", transform) },
      isolated,
    );
    for (const [part, workload] of Object.entries(others)) {
      const after = workload.isAfterMigration ? migrationJob : undefined;
      new PreviewPart(
        `${name}-${part}`,
        { ...product, workload, after, transform: transformOf(part, transform) },
        isolated,
      );
    }

    if (settings.demoLogin !== undefined) {
      new DemoLogin(`${name}-login`, { ...settings.demoLogin, secrets, namespace }, inside);
    }

    new PublicHost(`${name}-host`, { settings, namespace }, inside);
    if (settings.dns !== undefined) {
      const { dns, ingress, names } = settings;
      new DnsRecord(`${name}-dns`, { settings, dns, host: names.host }, { parent: this });
      if (ingress.apiHost) {
        new DnsRecord(`${name}-api-dns`, { settings, dns, host: names.apiHost }, { parent: this });
      }
    }

    this.url = pulumi.output(settings.names.origin);
    this.namespace = namespace.metadata.name;
    const made = parts.filter((part) => pulumi.CustomResource.isInstance(part));
    this.ready = pulumi.all(made.map(({ id }) => id));
    this.registerOutputs({ url: this.url, namespace: this.namespace });
  }

  private pullSecrets(
    name: string,
    { registry }: Settings,
    namespace: k8s.core.v1.Namespace,
    dependsOn: pulumi.Resource[],
  ): pulumi.Output<string>[] {
    if (registry === undefined) {
      return [];
    }
    const options = { parent: this, dependsOn };
    return [new RegistryCredentials(`${name}-registry`, { registry, namespace }, options).secretName];
  }

  private trustedCa(
    name: string,
    settings: Settings,
    namespace: k8s.core.v1.Namespace,
    dependsOn: pulumi.Resource[],
  ): pulumi.Output<string> | undefined {
    return configuresTrust(settings)
      ? new TrustedCa(`${name}-ca`, { settings, namespace }, { parent: this, dependsOn }).configMapName
      : undefined;
  }
}

const transformOf = (part: string, transform: NonNullable<PreviewStackArgs["transform"]>) =>
  (part === "api" || part === "web" ? transform[part] : transform.services?.[part]) as
    Transform<PartWorkloadArgs> | undefined;

/** Collects every descendant of a resource. Its kind is known only after its constructor has run. */
const collectInto =
  (parts: pulumi.Resource[]): pulumi.ResourceTransformation =>
  ({ resource }) => {
    parts.push(resource);
    return undefined;
  };
