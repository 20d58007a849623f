import type { Identity } from "../../lifecycle/inventory/identity";
import { Zone } from "./zone";

export { Zone };

/** The zone that a preview's records are in; undefined where it has none of its own. */
export function zoneOf({ zoneId }: Pick<Identity, "zoneId">): Zone | undefined {
  return zoneId === undefined ? undefined : new Zone(zoneId);
}
