import { change } from "../change";
import { placeOf } from "../inventory/identity";
import type { ExistingPreview } from "../inventory/preview";
import { lockOptionsOf } from "../lock-options";
import { noteDeployed } from "../note-deployed";

/** Scales a preview to zero. Its data, secrets and host stay, and updates leave it asleep. */
export async function sleep(preview: ExistingPreview): Promise<void> {
  await change(preview, { asleep: "true" }, lockOptionsOf(preview));
  await noteDeployed(preview.context, preview.stack, placeOf(preview.identity), () => ({}));
}
