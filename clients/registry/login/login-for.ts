import { configFile, type DockerConfig, readConfig } from "./config";
import { fromHelper } from "./helper";
import type { Login } from "./login";

/** What docker calls Docker Hub in its file. */
const hubServer = "https://index.docker.io/v1/";
const hubNames = [hubServer, "index.docker.io", "docker.io", "registry-1.docker.io"];

/**
 * The login that docker would use: of the host's own helper, of the store for all hosts, otherwise of `auths`. Undefined without
 * one, which means to ask anonymously.
 *
 * @param host as `docker login` takes it
 * @param env DOCKER_CONFIG, HOME and PATH; helpers get all of it
 * @throws UserError if the file can't be read or the helper fails
 */
export async function loginFor(
  host: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Login | undefined> {
  const names = host === "docker.io" ? hubNames : [host];
  const file = configFile(env);
  const { auths, credHelpers = {}, credsStore } = await readConfig(file);
  const helper = names.map((name) => credHelpers[name]).find(Boolean) ?? credsStore;
  return helper ? fromHelper(helper, names[0]!, { file, env, signal }) : fromAuths(auths, names, file);
}

/** The entry of that very name, otherwise one with the same host: older files have URLs. */
export function fromAuths(auths: DockerConfig["auths"], names: readonly string[], file: string): Login | undefined {
  const entries = Object.entries(auths ?? {});
  const entry = [
    ...entries.filter(([key]) => names.includes(key)),
    ...entries.filter(([key]) => names.includes(hostOf(key))),
  ]
    .map(([, value]) => value)
    .find(({ auth, username, identitytoken }) => auth || username || identitytoken);
  if (entry === undefined) {
    return undefined;
  }
  const [, username = "", password] = /^([^:]*):(.*)$/s.exec(decoded(entry.auth)) ?? [];
  const found = { username: username || (entry.username ?? ""), source: `auths in ${file}` };
  return entry.identitytoken
    ? { ...found, identityToken: entry.identitytoken }
    : { ...found, password: password ?? entry.password };
}

const hostOf = (key: string) => key.replace(/^https?:\/\//, "").replace(/\/.*$/s, "");

/** Old versions of docker pad it with zero bytes. */
const decoded = (auth = "") => Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
