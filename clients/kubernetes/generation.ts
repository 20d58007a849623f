import { type DatabaseStatefulSet, generationOf, referenceOf, standardParts, UserError } from "../../contract";
import { kubectl, type NamespaceRef } from "./kubectl";

/**
 * The setting `database.generation` that the preview's database was made for. Undefined where there is none, also because a
 * run was killed before it had made the deployer's rights: the database comes after these.
 *
 * @throws UserError where the cluster can't be asked
 */
export async function deployedGeneration(place: NamespaceRef): Promise<number | undefined> {
  const options = ["--ignore-not-found", "--output=json", "--request-timeout=15s"];
  try {
    const text = await kubectl(place, ["get", referenceOf(standardParts.db), ...options]);
    return text.trim() === "" ? undefined : generationOf(JSON.parse(text) as DatabaseStatefulSet);
  } catch (error) {
    if (error instanceof UserError && /forbidden/i.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}
