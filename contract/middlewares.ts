/**
 * Traefik's own middlewares that an Ingress goes through. Where one of them isn't there, Traefik answers 404 to every request.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
 */
const annotation = "traefik.ingress.kubernetes.io/router.middlewares";
const provider = "@kubernetescrd";

/** Those of the kind Middleware that an Ingress's annotations name, as Traefik does: `<namespace>-<name>`. */
export const namedMiddlewares = (annotations: Readonly<Record<string, string>>): string[] =>
  (annotations[annotation] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name.endsWith(provider))
    .map((name) => name.slice(0, -provider.length));
