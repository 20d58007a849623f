import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { checkout } from "./paths";
import { domain, product } from "./preview-settings";

interface Manifest {
  readonly kind: string;
  readonly spec?: { readonly variables?: { readonly name: string; expression: string }[] };
}

/** docs/deployer-rights.yaml for the embedded previews, edited as docs/deployer-rights.md says. */
export function deployerRights(): string {
  const documents = parseAllDocuments(readFileSync(join(checkout, "docs/deployer-rights.yaml"), "utf8"));
  const manifests = documents.map((document) => document.toJS() as Manifest);
  const { variables = [] } = manifests.find(({ kind }) => kind === "ValidatingAdmissionPolicy")?.spec ?? {};
  for (const [name, value] of Object.entries({ domain, products: [product] })) {
    // JSON strings and lists are valid CEL.
    variables.find((variable) => variable.name === name)!.expression = JSON.stringify(value);
  }
  return manifests.map((manifest) => stringify(manifest)).join("---\n");
}
