import type { Command } from "@commander-js/extra-typings";
import { UserError } from "../../contract";
import { kubectl } from "../../clients/kubernetes/kubectl";
import { interruption } from "../../clients/process/interruption";
import { deployedAwake } from "../../lifecycle/inventory/deployed";
import { NotChecked } from "../../verify/not-checked";
import { checks } from "../../verify/checks";
import { parseProduct, productOf, readProduct } from "../../verify/product";
import { verify } from "../../verify/run-checks";
import { Target } from "../../verify/target";
import { inside, outside, type View } from "../../verify/view";
import { target } from "../arguments";
import { asJson, asText, coloured } from "../output/contract-report";
import { print, say } from "../output/print";
import { workspace } from "../workspace";

/** Checks a preview against the contract. Exits with 1 if a check failed. */
export const addVerify = (program: Command) =>
  program
    .command("verify")
    .description("check a preview against the contract; each failure names the setting to change")
    .argument("<preview>", "the pull request number, or the URL of any preview", target)
    .option(
      "--product <file>",
      "what can't be guessed about the product; with a number, the default is preview-verify.yaml beside Pulumi.yaml",
    )
    .option("--context <name>", "kubeconfig context for the checks inside the cluster; by default the stack's own")
    .option("--json", "print JSON")
    .action(async (preview, options) => {
      // A URL may belong to any product, this project's file only to its own.
      const own = typeof preview === "string" ? undefined : productOf(process.cwd());
      const product = options.product === undefined ? own : readProduct(options.product);
      const view = typeof preview === "string" ? outside(preview) : await insideOf(preview, options);
      const checked = new Target({ product: product ?? parseProduct({}, "defaults"), signal: interruption, ...view });
      await reachable(checked);

      const progress = progressOf();
      const report = await verify(checked, { report: progress.count }).finally(progress.end);
      if (options.json === true) {
        print(asJson(report));
      } else {
        print(asText(report, process.stdout.columns ?? 120), coloured);
      }
      process.exitCode = report.ok ? 0 : 1;
    });

async function insideOf(pullRequest: number, options: { readonly context?: string }): Promise<View> {
  const stack = await deployedAwake(workspace(), pullRequest);
  if (options.context !== undefined) {
    // Fail on a mistyped context, rather than report its checks as not checked.
    const { namespace } = stack;
    await kubectl({ kubeContext: options.context, namespace }, [
      "get",
      "pods",
      "--output=name",
      "--request-timeout=15s",
    ]);
  }
  return inside(stack, options);
}

/** @throws UserError if there is nothing to check; an untrusted certificate or an oversized page is a finding instead */
async function reachable(target: Target): Promise<void> {
  try {
    const [page, api] = await Promise.all(["/", "/api/"].map((path) => target.ask({ path })));
    if (page?.status === 404 && api?.status === 404) {
      throw new UserError(
        `${target.origin}: nothing is served there; its ingress, or whatever has the host, answers 404`,
      );
    }
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    if (error instanceof NotChecked) {
      return;
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (["ENOTFOUND", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"].includes(code ?? "")) {
      throw new UserError(`${target.origin} can't be reached: ${code}`);
    }
    if (code === undefined && !message.includes("certificate")) {
      throw new UserError(`${target.origin} can't be reached: ${message}`);
    }
  }
}

/** Reports progress on standard error every two seconds. */
function progressOf(): { count: () => void; end: () => void } {
  let done = 0;
  const timer = setInterval(() => say(`${done} of ${checks.length} checks done`), 2_000);
  return {
    count: () => {
      done += 1;
    },
    end: () => clearInterval(timer),
  };
}
