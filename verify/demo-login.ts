import { demoLoginSecret, UserError } from "../contract";
import { kubectl, type NamespaceRef } from "../clients/kubernetes/kubectl";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * The reviewers' login, from its Secret; undefined if the preview has none.
 *
 * @throws UserError if the cluster can't be reached or denies access
 */
export async function demoLogin(preview: NamespaceRef): Promise<Login | undefined> {
  const secret = await kubectl(preview, ["get", "secret", demoLoginSecret, "--ignore-not-found", "--output", "json"]);
  if (secret === "") {
    return undefined;
  }
  const { data } = JSON.parse(secret) as { data: Partial<Record<keyof Login, string>> };
  return { username: decoded(data.username), password: decoded(data.password) };
}

/** @throws UserError that names the setting, if the preview has no login */
export async function requiredLogin(preview: NamespaceRef): Promise<Login> {
  const login = await demoLogin(preview);
  if (login === undefined) {
    throw new UserError(`${preview.namespace} has no demo login: configure one with the setting demoLogin`);
  }
  return login;
}

const decoded = (text = "") => Buffer.from(text, "base64").toString();
