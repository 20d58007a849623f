import type { SettingsInput } from "../contract";
import type { ProductImages } from "./images";

/** The domain of every embedded preview. Browsers resolve what ends in `.localhost` to loopback (RFC 6761). */
export const domain = "previews.localhost";

export const product = "orders";

/** How the reference product is started, migrated and checked. */
export const orderDesk = {
  api: {
    command: ["./bin/api-entrypoint.sh"],
    migrate: ["./bin/migrate-and-seed.sh"],
    livePath: "/healthz",
    readyPath: "/readyz",
  },
  web: { command: ["node", "server.js"], livePath: "/healthz", readyPath: "/healthz" },
} satisfies SettingsInput;

/** The settings of an embedded preview: the reference product's images, behind the node's Traefik. */
export function embeddedSettings(images: ProductImages, port: number): SettingsInput {
  return {
    // Rather than the admin's context, to prove that the documented rights suffice.
    kubeContext: "preview-deployer",
    deployer: { kind: "Group", name: "preview-deployers" },
    domain,
    port: String(port),
    product,
    // As in the images' USER, whose group Kubernetes ignores.
    api: { ...orderDesk.api, image: images.api, uid: 10001 },
    web: { ...orderDesk.web, image: images.web, uid: 10001 },
    database: { image: images.postgres },
    // The account and the password variable of the reference product's seed.
    demoLogin: { username: "reviewer", passwordVariable: "DEMO_USER_PASSWORD" },
    // The stand-in for Cloudflare keeps its zones in files.
    dns: { zoneId: "0".repeat(32), type: "A", target: "127.0.0.1" },
  };
}
