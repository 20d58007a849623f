import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { caCertificate, kubeconfig, nodeAddress } from "./cluster";
import { cacheDir, checkout, logDir, stateDir } from "./paths";
import { dnsApiVariables } from "./plugins";
import { programsOf } from "./toolchain";

const backend = join(stateDir, "backend");
const passphrase = join(stateDir, "passphrase");
const bundle = join(stateDir, "trusted-ca.crt");

/** Creates what the variables refer to: the state backend, and a random passphrase that only its owner can read. */
export function prepareState(): void {
  for (const folder of [backend, logDir]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  if (!existsSync(passphrase)) {
    writeFileSync(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
}

/** The CAs for Node.js's clients: the embedded default's, and those that this machine's registries need. */
function trustBundle(): string {
  const own = process.env.NODE_EXTRA_CA_CERTS;
  // Already set by `npm run env`.
  if (own === bundle) {
    return bundle;
  }
  const certificates = [own, caCertificate].filter((file) => file !== undefined && existsSync(file));
  writeFileSync(bundle, certificates.map((file) => readFileSync(file!)).join("\n"));
  return bundle;
}

/**
 * The variables with which `pulumi` and `kubectl` use the embedded default. The Node.js from the npm packages is first on PATH,
 * because @pulumi/pulumi needs a newer one than some machines have.
 */
export function embeddedVariables(): Record<string, string> {
  const folders = [join(checkout, "node_modules/node/bin"), programsOf("pulumi"), join(programsOf("node"), "path")];
  return {
    PATH: [...folders, process.env.PATH].join(":"),
    KUBECONFIG: kubeconfig,
    // The machine's proxy can't reach the node.
    NO_PROXY: [process.env.NO_PROXY ?? process.env.no_proxy, nodeAddress, "127.0.0.1"].filter(Boolean).join(","),
    PULUMI_HOME: join(stateDir, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Caching compiled JavaScript saves half a second at every `pulumi up`.
    NODE_COMPILE_CACHE: join(cacheDir, "node-compile-cache"),
    NODE_EXTRA_CA_CERTS: trustBundle(),
    LOCAL_DNS_DIR: join(stateDir, "dns"),
    ...dnsApiVariables,
  };
}
