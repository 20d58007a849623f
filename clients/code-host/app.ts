import { createPrivateKey, type KeyObject } from "node:crypto";
import { UserError } from "../../contract";
import type { App, CodeHostKind } from "./interface";

/** The values of the app's variables. */
export interface AppVariables {
  readonly id?: string;
  readonly privateKey?: string;
}

/**
 * The app that its two variables configure; undefined if neither is set.
 *
 * @throws UserError if only one is set, or the key is none
 */
export function appFrom(
  { id = "", privateKey = "" }: AppVariables,
  { appId, appPrivateKey }: CodeHostKind["variables"],
): App | undefined {
  if (id === "" && privateKey === "") {
    return undefined;
  }
  if (id === "" || privateKey === "") {
    const [set, unset] = id === "" ? [appPrivateKey, appId] : [appId, appPrivateKey];
    throw new UserError(`${set} is set but ${unset} isn't: set both, for the app that reads other repositories`);
  }
  return { id, privateKey: pemOf(privateKey, appPrivateKey) };
}

/** A secret's line breaks are often written as `\n`. */
function pemOf(text: string, variable: string): string {
  const key = keyFrom(text.replaceAll("\\n", "\n").trim());
  if (key?.asymmetricKeyType !== "rsa") {
    throw new UserError(
      `${variable} must be the private RSA key that was made for the app, in PEM: from -----BEGIN to the end of -----END`,
    );
  }
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

/** Undefined if it is none; the reason could show some of it. */
function keyFrom(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}
