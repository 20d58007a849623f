import * as k8s from "@pulumi/kubernetes";
import {
  deployedRecord,
  deploymentRecord,
  keepCopy,
  onceReady,
  partList,
  preflight,
  PreviewStack,
  refuseOutdated,
  stackConfiguration,
  stackSettings,
  withoutStackTrace,
} from "./components";

export = () =>
  withoutStackTrace(async () => {
    const configuration = stackConfiguration();
    const deployed = await deployedRecord();
    refuseOutdated(configuration, deployed);
    const existing = await preflight(stackSettings(configuration, deployed), deployed?.cluster);
    const settings = stackSettings(configuration, deployed, existing);

    // Empty, so that the state doesn't keep the path of this run's kubeconfig, which may differ in the next run.
    const cluster = new k8s.Provider("cluster", {
      context: settings.kubeContext,
      kubeconfig: "",
      clusterIdentifier: existing.cluster,
    });
    const preview = new PreviewStack(settings.names.namespace, { settings, existing }, { providers: [cluster] });

    preview.ready.apply(() => keepCopy(configuration));
    // A failed update keeps the previous outputs.
    return onceReady(preview.ready, {
      url: settings.names.origin,
      ...(settings.ingress.apiHost && { apiUrl: settings.names.apiOrigin }),
      namespace: settings.names.namespace,
      images: settings.images,
      revisions: settings.revisions,
      parts: partList(settings.parts),
      record: deploymentRecord({ configuration, settings, deployed, cluster: existing.cluster }),
    });
  });
