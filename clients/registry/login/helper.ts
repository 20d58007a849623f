import { execa } from "execa";
import { z } from "zod";
import { limits, UserError } from "../../../contract";
import { causeOf } from "../../process/cause";
import type { Login } from "./login";

export interface HelperOptions {
  /** The file that names the helper, for messages. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

const answer = z.object({ Username: z.string(), Secret: z.string() });

/**
 * What a helper has for a server, by docker's protocol (https://github.com/docker/docker-credential-helpers): undefined if it has
 * nothing.
 *
 * @throws UserError that names the helper
 */
export async function fromHelper(name: string, server: string, options: HelperOptions): Promise<Login | undefined> {
  const { file, env, signal } = options;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new UserError(`${file} names a credential helper that there can't be; use letters, digits, dots and dashes`);
  }
  const command = `docker-credential-${name}`;
  const fails = (why: string) =>
    new UserError(
      `${command}, which ${file} names for the login at ${server}, fails (${why}): ` +
        `try it with echo ${server} | ${command} get, or take it out of the file`,
    );
  const result = await execa(command, ["get"], {
    env,
    extendEnv: false,
    input: server,
    reject: false,
    timeout: limits.credentialHelperSeconds * 1000,
    cancelSignal: signal,
  });
  signal?.throwIfAborted();
  if (result.failed) {
    const said = result.exitCode === undefined ? "" : (result.stdout || result.stderr).trim();
    if (said.includes("credentials not found in native keychain")) {
      return undefined;
    }
    throw fails(said === "" ? causeOf(command, result) : said.slice(0, 200));
  }
  // Not what it says: that may be the secret.
  const found = parsed(result.stdout);
  if (found === undefined) {
    throw fails("its answer isn't one of a credential helper");
  }
  const { Username: username, Secret: secret } = found;
  const source = `${command}, named in ${file}`;
  return username === "<token>" ? { username, identityToken: secret, source } : { username, password: secret, source };
}

function parsed(text: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
