/**
 * The message where a context leads to a cluster other than the preview's: everything missing there would count as deleted.
 * A cluster is identified by the uid of its namespace kube-system.
 */
export function wrongCluster(
  { kubeContext, pullRequest }: { readonly kubeContext: string; readonly pullRequest: number },
  found: string,
  deployedIn: string,
): string {
  return (
    `the context ${JSON.stringify(kubeContext)} leads to the cluster ${found} (the uid of its namespace kube-system), but ` +
    `pr-${pullRequest} runs in ${deployedIn}. Use the context of that cluster. If it no longer exists, remove the stack ` +
    `(pulumi stack rm --force --stack pr-${pullRequest}), then run preview close ${pullRequest} to delete what is left elsewhere`
  );
}
