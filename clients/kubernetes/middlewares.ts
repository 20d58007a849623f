import { namedMiddlewares } from "../../contract";
import { kubectl, type NamespaceRef } from "./kubectl";

/**
 * What a 404 at a public host may come from, to be put behind that: the middlewares that its Ingress goes through. Whether they are there
 * is nothing that a deployer may look at. Empty where there are none.
 */
export async function middlewaresOf(place: NamespaceRef): Promise<string> {
  const text = await kubectl(place, ["get", "ingresses", "--output=json", "--request-timeout=15s"]).catch(
    () => '{"items":[]}',
  );
  const { items } = JSON.parse(text) as {
    items: readonly { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }[];
  };
  const named = new Set(items.flatMap(({ metadata: { annotations = {} } }) => namedMiddlewares(annotations)));
  return named.size === 0
    ? ""
    : `. Traefik answers 404 where a middleware isn't there: look whether the cluster has ${[...named].join(", ")} ` +
        "(<namespace>-<name>), which the setting ingress.annotations names";
}
