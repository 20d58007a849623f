import { dirname } from "node:path/posix";
import { trustedCaFile, type WritableFolder } from "../../contract";
import type { ProductArgs } from "./workload";

/** Writable folders in the read-only root filesystem. */
export function writable(folders: readonly WritableFolder[]) {
  const volumes = folders.map(({ size, disk }, index) => ({
    name: `writable-${index}`,
    emptyDir: { ...(disk ? {} : { medium: "Memory" }), sizeLimit: size },
  }));
  return { volumes, volumeMounts: folders.map(({ path }, index) => ({ name: `writable-${index}`, mountPath: path })) };
}

/** The volumes of a container that runs a product image: its writable folders and the trusted certificates. */
export function productVolumes({ trustedCa }: Pick<ProductArgs, "trustedCa">, folders: readonly WritableFolder[]) {
  const { volumes, volumeMounts } = writable(folders);
  if (trustedCa === undefined) {
    return { volumes, volumeMounts };
  }
  const name = "trusted-ca";
  return {
    volumes: [...volumes, { name, configMap: { name: trustedCa } }],
    volumeMounts: [...volumeMounts, { name, mountPath: dirname(trustedCaFile), readOnly: true }],
  };
}
