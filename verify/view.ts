import type { Dispatcher } from "undici";
import type { Outputs } from "../contract";
import type { NamespaceRef } from "../clients/kubernetes/kubectl";
import { previewClient } from "../clients/http/client";
import { demoLogin } from "./demo-login";
import { Cluster } from "./cluster";
import { askThrough } from "./http";
import { beginThrough } from "./stream";
import type { Credentials } from "./session";
import type { Ordered, TargetOptions } from "./target";

/** A target without the product. */
export type View = Omit<TargetOptions, "product">;

export interface ViewOptions {
  /** The kubeconfig context for access to the cluster. @default the stack's */
  readonly context?: string;
  /** The HTTP client. @default connects as a browser would */
  readonly client?: Dispatcher;
}

/** A preview given by URL, without access to its stack and cluster. */
export function outside(origin: string, { client = previewClient([origin]) }: ViewOptions = {}): View {
  return { ...asks(client, origin), origin, credentials: givenCredentials() };
}

/**
 * A preview given by number, with access to its stack and cluster.
 *
 * @param stack what its stack says; `policies` are the names of the NetworkPolicies that it has
 */
export async function inside(
  stack: Outputs & NamespaceRef & Pick<Ordered, "pair"> & { readonly policies?: readonly string[] },
  { context, client = previewClient(originsOf(stack)) }: ViewOptions = {},
): Promise<View> {
  const place = { ...stack, kubeContext: context ?? stack.kubeContext };
  return {
    ...asks(client, stack.url, stack.apiUrl),
    origin: stack.url,
    cluster: new Cluster(place, stack.parts, stack.policies),
    ordered: stack,
    credentials: givenCredentials() ?? (await knownCredentials(place)),
  };
}

const originsOf = ({ url, apiUrl }: Outputs) => (apiUrl === undefined ? [url] : [url, apiUrl]);

function asks(
  client: Dispatcher,
  origin: string,
  apiOrigin?: string,
): Pick<View, "ask" | "askInsecurely" | "askApiHost" | "begin"> {
  const { protocol, hostname, port } = new URL(origin);
  const isStandard = protocol === "https:" && port === "";
  return {
    ask: askThrough(client, origin),
    askInsecurely: isStandard ? askThrough(client, `http://${hostname}`) : undefined,
    askApiHost: apiOrigin === undefined ? undefined : askThrough(client, apiOrigin),
    begin: beginThrough(client, origin),
  };
}

function givenCredentials(): Credentials | undefined {
  const { PREVIEW_USERNAME: username, PREVIEW_PASSWORD: password } = process.env;
  return username && password ? { username, password } : undefined;
}

/** Undefined if the Secret may not be read. */
async function knownCredentials(place: NamespaceRef): Promise<Credentials | undefined> {
  return demoLogin(place).catch(() => undefined);
}
