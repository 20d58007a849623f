import { isDeepStrictEqual } from "node:util";
import type { LifecycleRecord } from "../../contract";
import type { Deployment } from "../../clients/pulumi/deployment";

/** Whether a namespace's annotations, which others may edit, still say what is deployed. Old versions recorded it nowhere else. */
export const isNoted = (
  { record, outputs }: Pick<Deployment, "record" | "outputs">,
  noted: Pick<LifecycleRecord, "sha" | "images" | "pair">,
): boolean =>
  isDeepStrictEqual(record?.pair, noted.pair) &&
  (record === undefined || (record.commit === noted.sha && isDeepStrictEqual(outputs.images, noted.images)));
