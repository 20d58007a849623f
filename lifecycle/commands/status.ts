import { deployed, type Deployed } from "../deployed";
import { httpClient } from "../http-client";
import { type Login, requiredLogin } from "../login";
import { project } from "../project";
import { answer } from "../serving";

export interface StatusOptions {
  readonly login?: boolean;
  readonly json?: boolean;
}

/** Prints what a preview consists of, what its host answers and, if asked for, its reviewers' login. */
export async function status(pullRequest: number, options: StatusOptions): Promise<void> {
  const preview = await deployed(project(), pullRequest);
  const login = options.login === true ? await requiredLogin(preview) : undefined;
  const answers = await answer(preview.url, httpClient());
  if (options.json === true) {
    console.log(JSON.stringify({ pullRequest, ...preview, answers, login }, undefined, 2));
    return;
  }
  const rows = rowsOf(preview, answers, login);
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
}

function rowsOf({ url, apiUrl, namespace, images }: Deployed, answers: string, login?: Login): [string, string][] {
  const rows = { url, "api url": apiUrl, answers, namespace, ...images, ...login };
  return Object.entries(rows).filter((row): row is [string, string] => row[1] !== undefined);
}
