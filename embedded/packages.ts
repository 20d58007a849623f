import { execa } from "execa";

/** The Debian packages that the node and the image builds need. */
export const nodePackages = [
  "buildah",
  "conntrack",
  "containerd",
  "containernetworking-plugins",
  "ipset",
  "iproute2",
  "iptables",
  "mmdebstrap",
  "runc",
  "socat",
];

/** For the browser suite. */
export const browserPackages = ["chromium", "libnss3-tools"];

/** For the fault suite: wrong clocks, and process ancestry. */
export const faultPackages = ["faketime", "procps"];

/** Installs missing packages. Without any it makes no network requests. */
export async function ensurePackages(
  names: readonly string[],
  { log, signal }: { log: NodeJS.WritableStream; signal?: AbortSignal },
): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) {
    return;
  }
  const apt = async (...args: string[]) => {
    const child = execa("apt-get", args, {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      cancelSignal: signal,
      all: true,
    });
    child.all.pipe(log, { end: false });
    await child;
  };
  await apt("update");
  await apt("install", "--yes", "--no-install-recommends", ...missing);
}

async function missingPackages(names: readonly string[]): Promise<string[]> {
  const { stdout } = await execa("dpkg-query", ["--show", "--showformat=${db:Status-Abbrev}${Package}\n", ...names], {
    reject: false,
  });
  const installed = stdout
    .split("\n")
    .filter((line) => line.startsWith("ii"))
    .map((line) => line.slice(3).trim());
  return names.filter((name) => !installed.includes(name));
}
