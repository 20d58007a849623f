import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SettingsInput } from "../../../contract";
import { caCertificate, domain, ensureImage } from "../../../embedded";
import { embedded } from "../embedded";
import { ask, eventually } from "../http";
import { apply, kubectl } from "../kubectl";

const namespace = "test-oidc";
const name = "oidc";
const port = 3000;

const secret = () => randomBytes(24).toString("hex");

/**
 * An OpenID Connect provider on the node, as a company has one: panva's oidc-provider behind the same ingress as the
 * previews. Its issuer is one address, for browsers and for pods.
 */
export class OidcProvider {
  readonly host = `${name}.${domain}`;
  readonly issuer = `https://${this.host}:${embedded().port}`;
  /** What the login form accepts. */
  readonly account = { sub: "ada", email: "ada@example.com", name: "Ada Example", password: secret() };
  /** Each half of the product is its own client, registered once for all previews. */
  readonly clients = {
    api: { id: "order-desk-api", secret: secret(), callback: "/auth/callback/oidc/" },
    web: { id: "order-desk-web", secret: secret(), callback: "/api/auth/callback/oidc" },
  };
  private starting: Promise<void> | undefined;

  /** Started once, however many ask for it. */
  start(): Promise<void> {
    this.starting ??= this.run();
    return this.starting;
  }

  private async run(): Promise<void> {
    const image = await ensureImage({ name, context: join(__dirname, "image") }, () => undefined);
    await this.remove();
    await apply(this.objects(image));
    await kubectl("rollout", "status", `deployment/${name}`, "--namespace", namespace, "--timeout=60s");
    await eventually(async () => {
      const { status, body } = await ask(`${this.issuer}/.well-known/openid-configuration`);
      if (status !== 200) {
        throw new Error(`the provider answers ${status}: ${body}`);
      }
    });
  }

  async stop(): Promise<void> {
    if (this.starting !== undefined) {
      this.starting = undefined;
      await this.remove();
    }
  }

  private async remove(): Promise<void> {
    await kubectl("delete", "namespace", namespace, "--ignore-not-found");
  }

  /** A preview's settings for login with this provider in both halves. */
  configure(settings: SettingsInput): SettingsInput {
    const { api, web } = this.clients;
    const env = (id: string) => ({ OIDC_ISSUER: this.issuer, OIDC_CLIENT_ID: id });
    return {
      ...settings,
      api: {
        ...settings.api,
        env: { ...settings.api?.env, ...env(api.id) },
        secrets: { ...settings.api?.secrets, OIDC_CLIENT_SECRET: api.secret },
      },
      web: {
        ...settings.web,
        env: { ...settings.web?.env, ...env(web.id) },
        secrets: { ...settings.web?.secrets, OIDC_CLIENT_SECRET: web.secret },
      },
      trustedCa: readFileSync(caCertificate, "utf8"),
      egress: [{ namespaceLabels: { "kubernetes.io/metadata.name": "traefik" }, ports: [embedded().port] }],
    };
  }

  private objects(image: string): object[] {
    const labels = { "app.kubernetes.io/name": name };
    const metadata = { name, namespace };
    const clients = Object.values(this.clients).map(({ id, secret, callback }) => ({
      client_id: id,
      client_secret: secret,
      redirect_uris: [`https://test-pr-*.${domain}:${embedded().port}${callback}`],
    }));
    return [
      {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      },
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata,
        stringData: {
          ISSUER: this.issuer,
          CLIENTS: JSON.stringify(clients),
          ACCOUNTS: JSON.stringify([this.account]),
        },
      },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              terminationGracePeriodSeconds: 1,
              securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
              containers: [
                {
                  name,
                  image,
                  envFrom: [{ secretRef: { name } }],
                  readinessProbe: { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 30 },
                  resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                  },
                },
              ],
            },
          },
        },
      },
      { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port }] } },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata,
        spec: {
          ingressClassName: "traefik",
          rules: [
            {
              host: this.host,
              http: {
                paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port: { number: port } } } }],
              },
            },
          ],
        },
      },
    ];
  }
}
