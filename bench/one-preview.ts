import { execa } from "execa";
import { writeFileSync } from "node:fs";
import { leavesOf, namesOf, type SettingsInput, stackFileText } from "../contract";
import { waitUntilServing } from "../clients/http/serving";
import { removeView, stackFile } from "../clients/pulumi/configuration/stack-file";
import type { PulumiContext } from "../clients/pulumi/pulumi";
import { close, ensureStack, stacks } from "../clients/pulumi/stacks";
import { checkout, domain, type EmbeddedDefault, embeddedDispatcher, openLog } from "../embedded";
import type { Kubectl } from "./same-objects";

/** Where previews are measured. */
export interface Site {
  readonly embedded: EmbeddedDefault;
  readonly context: PulumiContext;
  readonly kubectl: Kubectl;
}

/** The embedded default, with Pulumi's output in the log. */
export const siteOf = (embedded: EmbeddedDefault, log: ReturnType<typeof openLog>): Site => ({
  embedded,
  context: {
    project: checkout,
    env: embedded.variables,
    onLine: (line) => log.write(`${line}\n`),
    report: (message) => log.write(`${message}\n`),
  },
  kubectl: (args, input) =>
    execa("kubectl", ["--context=preview", ...args], {
      env: embedded.variables,
      ...(input === undefined ? {} : { input }),
    }),
});

/** A preview that is measured. */
export interface OnePreview {
  readonly stack: string;
  readonly namespace: string;
  /** Resolves once its host serves. */
  readonly served: () => Promise<unknown>;
}

/** Makes a stack with these settings, and leaves nothing of it behind, whatever is done with it. */
export async function withPreview(
  { embedded, context, kubectl }: Site,
  pullRequest: number,
  settings: SettingsInput,
  use: (preview: OnePreview) => Promise<void>,
): Promise<void> {
  const stack = `pr-${pullRequest}`;
  const { namespace, origin } = namesOf({ pullRequest, prefix: "", domain, port: embedded.port });
  const served = () => waitUntilServing(origin, { dispatcher: embeddedDispatcher(), report: () => undefined });
  try {
    writeFileSync(stackFile(context, stack), stackFileText("preview", { header: {}, settings: leavesOf(settings) }));
    await ensureStack(context, stack);
    await use({ stack, namespace, served });
  } finally {
    if ((await stacks(context)).some(({ name }) => name === stack)) {
      await close(context, stack);
    }
    removeView(context, stack);
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
  }
}
