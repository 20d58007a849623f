import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { foreignOwner, type Settings, SettingsError, UserError } from "../contract";

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly status?: { readonly phase?: string };
}

/**
 * What must be asked of the cluster before anything is made: that it answers, that the namespace is free or ours, and
 * that the ingress class exists. Uses `kubectl`, which reads every kind of kubeconfig and runs its credential plugins.
 *
 * @throws SettingsError that names the setting, or a UserError with kubectl's own message where the cluster can't be asked
 */
export async function preflight(settings: Settings): Promise<void> {
  const problems = judge(settings, await existing(settings));
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
}

/** What is wrong with these settings on a cluster that has these objects. */
export function judge(settings: Settings, objects: readonly KubernetesObject[]): string[] {
  const { namespace } = settings.names;
  const { className } = settings.ingress;
  const found = objects.find(({ kind }) => kind === "Namespace");
  const problems: string[] = [];
  if (found !== undefined) {
    const whose = foreignOwner(found.metadata.labels ?? {}, settings.owner);
    if (whose !== undefined) {
      problems.push(`namespace ${namespace} exists and belongs to another owner: ${whose}`);
    } else if (found.status?.phase === "Terminating") {
      problems.push(`namespace ${namespace} is still being deleted; try again when it is gone`);
    }
  }
  if (!objects.some(({ kind }) => kind === "IngressClass")) {
    problems.push(`ingress.className: the cluster has no such IngressClass; got ${JSON.stringify(className)}`);
  }
  return problems;
}

async function existing({ kubeContext, names, ingress }: Settings): Promise<KubernetesObject[]> {
  const objects = [`namespace/${names.namespace}`, `ingressclass/${ingress.className}`];
  const options = [`--context=${kubeContext}`, "--ignore-not-found", "--output=json", "--request-timeout=15s"];
  try {
    const { stdout } = await promisify(execFile)("kubectl", ["get", ...objects, ...options]);
    return parse(stdout);
  } catch (error) {
    throw new UserError(unreachable(kubeContext, error as NodeJS.ErrnoException & { stderr?: string }));
  }
}

/** kubectl prints nothing for none, the object itself for one, a List for several. */
function parse(stdout: string): KubernetesObject[] {
  if (stdout.trim() === "") {
    return [];
  }
  const answer = JSON.parse(stdout) as KubernetesObject & { items?: KubernetesObject[] };
  return answer.items ?? [answer];
}

function unreachable(context: string, error: NodeJS.ErrnoException & { stderr?: string }): string {
  if (error.code === "ENOENT") {
    return "kubectl is not on PATH; the cluster is asked with it before anything is made. Install it and try again.";
  }
  const said = error.stderr?.trim().split("\n").at(-1) ?? error.message;
  return `kubeContext: the cluster of ${JSON.stringify(context)} could not be asked, and nothing was changed: ${said}`;
}
