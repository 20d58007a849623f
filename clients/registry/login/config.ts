import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../contract";

const schema = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** What docker's config.json says about logins (https://docs.docker.com/reference/cli/docker/login/). */
export type DockerConfig = z.infer<typeof schema>;

/** Where it is, by DOCKER_CONFIG and HOME. */
export const configFile = ({ DOCKER_CONFIG, HOME = "" }: NodeJS.ProcessEnv): string =>
  join(DOCKER_CONFIG || join(HOME, ".docker"), "config.json");

/**
 * Empty if there is no such file.
 *
 * @throws UserError that names the file if it can't be read; none of its values is in the message
 */
export async function readConfig(file: string): Promise<DockerConfig> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      return "{}";
    }
    throw unreadable(file, error.code ?? error.message);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(file, "it isn't JSON");
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) {
    const { path, message } = error.issues[0]!;
    throw unreadable(file, `${path.join(".")}: ${message}`);
  }
  return data;
}

const unreadable = (file: string, why: string) =>
  new UserError(`docker's file ${file} can't be read (${why}): correct it, or set DOCKER_CONFIG to another folder`);
