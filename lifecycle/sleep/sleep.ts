import { change } from "../change";
import { placeOf } from "../inventory/identity";
import type { ExistingPreview } from "../inventory/preview";
import { lockOptionsOf } from "../lock-options";
import { recordDeployment } from "../record-deployment";

/** Scales a preview to zero. Its data, secrets and host stay, and updates leave it asleep. */
export async function sleep(preview: ExistingPreview): Promise<void> {
  await change(preview, { asleep: "true" }, lockOptionsOf(preview));
  await recordDeployment(preview.context, preview.stack, placeOf(preview.identity), () => ({}));
}
