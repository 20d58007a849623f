import type { SettingsInput } from "../contract";
import type { ProductImages } from "./images";

/** The domain of every embedded preview. Browsers resolve what ends in `.localhost` to loopback (RFC 6761). */
export const domain = "previews.localhost";

export const product = "orders";

/** What an embedded preview is made from: the reference product's images on the node's Traefik. */
export function embeddedSettings(images: ProductImages, port: number): SettingsInput {
  return {
    // The admin's context would do; this one proves that the documented rights are enough.
    kubeContext: "preview-deployer",
    deployer: { kind: "Group", name: "preview-deployers" },
    domain,
    port: String(port),
    product,
    // As the images' USER says, of which Kubernetes takes the user alone.
    api: { image: images.api, uid: 10001 },
    web: { image: images.web, uid: 10001 },
    database: { image: images.postgres },
    // What the reference product's seed calls the reviewers' account and its password.
    demoLogin: { username: "reviewer", passwordVariable: "DEMO_USER_PASSWORD" },
    // The stand-in for Cloudflare keeps its zones in files.
    dns: { zoneId: "0".repeat(32), type: "A", target: "127.0.0.1" },
  };
}
