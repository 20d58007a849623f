/**
 * Why another cluster under the same name is refused: what isn't in it would be taken for gone. Clusters are told apart by
 * the uid of their namespace kube-system.
 */
export function wrongCluster(
  { kubeContext, pullRequest }: { readonly kubeContext: string; readonly pullRequest: number },
  found: string,
  deployedIn: string,
): string {
  return (
    `the context ${JSON.stringify(kubeContext)} is of the cluster ${found} (the uid of its namespace kube-system), and ` +
    `pr-${pullRequest} is in ${deployedIn}: give the context of that one. If that cluster is gone for good, forget the ` +
    `preview: pulumi stack rm --force --stack pr-${pullRequest}, then preview close ${pullRequest} for what it has elsewhere`
  );
}
