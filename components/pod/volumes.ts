import { dirname } from "node:path/posix";
import { trustedCaFile, type WritableFolder } from "../../contract";
import type { ProductArgs } from "./workload";

/** Folders that stay writable under the read-only root. On disk, filling one would have the pod evicted. */
export function writable(folders: readonly WritableFolder[]) {
  const volumes = folders.map(({ size, disk }, index) => ({
    name: `writable-${index}`,
    emptyDir: { ...(disk ? {} : { medium: "Memory" }), sizeLimit: size },
  }));
  return { volumes, volumeMounts: folders.map(({ path }, index) => ({ name: `writable-${index}`, mountPath: path })) };
}

/** What a container of the product's images has mounted: its writable folders, and the certificates to trust. */
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
