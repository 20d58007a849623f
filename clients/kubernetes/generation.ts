import { type DatabaseStatefulSet, generationOf, referenceOf, standardParts, UserError } from "../../contract";
import { kubectl, type NamespaceRef } from "./kubectl";

/**
 * The setting `database.generation` that the preview's database was created for. Undefined if there is no database, even if the
 * deployer's rights are missing, too: a run was killed before it created these, and the database comes after them.
 *
 * @throws UserError if the cluster can't be asked
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
