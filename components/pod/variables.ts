import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../contract";
import { escapeDollars } from "./escape-dollars";

/** A container's variables. @param ownSecret name of the Secret with the values of `ownSecret` variables */
export function variables(environment: Environment, ownSecret: pulumi.Input<string>): types.input.core.v1.EnvVar[] {
  return Object.entries(environment).map(([name, variable]) => {
    if (typeof variable === "string") {
      return { name, value: escapeDollars(variable) };
    }
    const [secret, key] = "ownSecret" in variable ? [ownSecret, variable.ownSecret] : [variable.secret, variable.key];
    return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
  });
}
