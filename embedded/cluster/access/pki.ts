import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../host/command";
import { kubernetesServiceAddress, nodeAddress, nodeName, pkiDir, previewDomain } from "../layout";

const day = 24 * 60 * 60 * 1_000;
/** Leaf certificates last a year. The first start in their last month renews them. */
const leafDays = 365;
const renewalDays = 30;
const authorityDays = 3_650;

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const keyPair = (name: string): KeyPair => ({
  certificate: join(pkiDir, `${name}.crt`),
  key: join(pkiDir, `${name}.key`),
});

interface Leaf {
  readonly authority: KeyPair;
  /** In openssl's format: `/O=group/CN=user`. */
  readonly subject: string;
  readonly usage: "clientAuth" | "serverAuth" | "clientAuth,serverAuth";
  readonly alternativeNames?: string;
}

/** Signs only for the cluster's own components. */
export const clusterAuthority = keyPair("cluster-ca");

/** Signs for the previews' hosts. Since users and pods trust it, it can't sign for any other domain. */
export const previewAuthority = keyPair("preview-ca");

/** Signs the tokens of ServiceAccounts. */
export const serviceAccountKey = join(pkiDir, "service-account.key");
export const serviceAccountPublicKey = join(pkiDir, "service-account.pub");

const client = (subject: string): Leaf => ({ authority: clusterAuthority, subject, usage: "clientAuth" });

const leaves = {
  "kube-apiserver": {
    authority: clusterAuthority,
    subject: "/CN=kube-apiserver",
    usage: "serverAuth",
    alternativeNames: [
      `IP:${nodeAddress}`,
      `IP:${kubernetesServiceAddress}`,
      "IP:127.0.0.1",
      "DNS:kubernetes",
      "DNS:kubernetes.default",
      "DNS:kubernetes.default.svc",
      "DNS:kubernetes.default.svc.cluster.local",
    ].join(","),
  },
  kubelet: {
    authority: clusterAuthority,
    subject: `/O=system:nodes/CN=system:node:${nodeName}`,
    usage: "clientAuth,serverAuth",
    alternativeNames: `IP:${nodeAddress},DNS:${nodeName}`,
  },
  "kube-apiserver-kubelet-client": client("/O=system:masters/CN=kube-apiserver-kubelet-client"),
  "kube-controller-manager": client("/CN=system:kube-controller-manager"),
  "kube-scheduler": client("/CN=system:kube-scheduler"),
  "kube-proxy": client("/CN=system:kube-proxy"),
  "kube-router": client("/CN=system:kube-router"),
  admin: client("/O=system:masters/CN=admin"),
  "preview-deployer": client("/O=preview-deployers/CN=preview-deployer"),
  previews: {
    authority: previewAuthority,
    subject: `/CN=*.${previewDomain}`,
    usage: "serverAuth",
    alternativeNames: `DNS:*.${previewDomain},DNS:${previewDomain}`,
  },
} as const satisfies Record<string, Leaf>;

export type LeafName = keyof typeof leaves;

export const leaf = (name: LeafName): KeyPair => keyPair(name);

/** Creates the node's missing certificates and keys, and renews those about to expire. */
export async function ensurePki(): Promise<void> {
  await mkdir(pkiDir, { recursive: true, mode: 0o700 });
  await Promise.all([
    ensureAuthority(clusterAuthority, "Preview Stack cluster", []),
    ensureAuthority(previewAuthority, "Preview Stack local CA", [
      `nameConstraints=critical,permitted;DNS:${previewDomain}`,
    ]),
    ensureServiceAccountKeys(),
  ]);
  await Promise.all(Object.entries(leaves).map(([name, description]) => ensureLeaf(keyPair(name), description)));
}

async function ensureAuthority(pair: KeyPair, commonName: string, constraints: readonly string[]): Promise<void> {
  if (await isUsable(pair)) return;
  await makeCertificate(pair, `/CN=${commonName}`, authorityDays, [
    "basicConstraints=critical,CA:true,pathlen:0",
    "keyUsage=critical,keyCertSign,cRLSign",
    ...constraints,
  ]);
}

async function ensureLeaf(pair: KeyPair, { authority, subject, usage, alternativeNames }: Leaf): Promise<void> {
  if (await isUsable(pair, authority)) return;
  await makeCertificate(
    pair,
    subject,
    leafDays,
    [
      "basicConstraints=critical,CA:false",
      "keyUsage=critical,digitalSignature",
      `extendedKeyUsage=${usage}`,
      ...(alternativeNames ? [`subjectAltName=${alternativeNames}`] : []),
    ],
    authority,
  );
}

/** Whether the pair exists, is valid for at least a month, and was signed by the current authority. */
async function isUsable(pair: KeyPair, authority: KeyPair = pair): Promise<boolean> {
  if (!existsSync(pair.key) || !existsSync(pair.certificate)) return false;
  try {
    const certificate = new X509Certificate(await readFile(pair.certificate));
    const issuer = new X509Certificate(await readFile(authority.certificate));
    return certificate.verify(issuer.publicKey) && certificate.validToDate.getTime() > Date.now() + renewalDays * day;
  } catch {
    return false;
  }
}

async function makeCertificate(
  pair: KeyPair,
  subject: string,
  days: number,
  extensions: readonly string[],
  authority?: KeyPair,
): Promise<void> {
  await ensureKey(pair.key);
  const draft = `${pair.certificate}.new`;
  await run("openssl", [
    ...["req", "-x509", "-new", "-key", pair.key, "-subj", subject, "-days", String(days), "-out", draft],
    // Without a configuration file openssl adds no extensions of its own.
    ...["-config", "/dev/null"],
    ...(authority ? ["-CA", authority.certificate, "-CAkey", authority.key] : []),
    ...extensions.flatMap((extension) => ["-addext", extension]),
  ]);
  // An interrupted start must not leave a partial certificate.
  await rename(draft, pair.certificate);
}

async function ensureServiceAccountKeys(): Promise<void> {
  await ensureKey(serviceAccountKey);
  if (existsSync(serviceAccountPublicKey)) return;
  const draft = `${serviceAccountPublicKey}.new`;
  await run("openssl", ["pkey", "-in", serviceAccountKey, "-pubout", "-out", draft]);
  await rename(draft, serviceAccountPublicKey);
}

async function ensureKey(file: string): Promise<void> {
  if (existsSync(file)) return;
  await run("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", `${file}.new`]);
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}
