import { type GeneratedDatabase, generationOf, services } from "../contract";
import { kubectl, type Place } from "./kubectl";

/**
 * The setting `database.generation` that the preview's database was made for; undefined where there is none.
 *
 * @throws UserError where the cluster can't be asked
 */
export async function deployedGeneration(place: Place): Promise<number | undefined> {
  const options = ["--ignore-not-found", "--output=json", "--request-timeout=15s"];
  const text = await kubectl(place, ["get", `statefulset/${services.database.name}`, ...options]);
  return text.trim() === "" ? undefined : generationOf(JSON.parse(text) as GeneratedDatabase);
}
