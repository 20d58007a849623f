import * as k8s from "@pulumi/kubernetes";
import { preflight, PreviewStack, stackSettings, withoutStackTrace } from "./components";

export = () =>
  withoutStackTrace(async () => {
    const existing = await preflight(stackSettings());
    const settings = stackSettings(existing);

    // Without a kubeconfig of its own, which the SDK would take the path of this run's for: another run may have another.
    const cluster = new k8s.Provider("cluster", { context: settings.kubeContext, kubeconfig: "" });
    const preview = new PreviewStack(settings.names.namespace, { settings, existing }, { providers: [cluster] });

    return {
      url: preview.url,
      ...(settings.ingress.apiHost && { apiUrl: settings.names.apiOrigin }),
      namespace: preview.namespace,
      images: { api: settings.api.image, web: settings.web.image },
      revisions: settings.revisions,
    };
  });
