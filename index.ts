import * as k8s from "@pulumi/kubernetes";
import { preflight, PreviewStack, stackSettings, withoutStackTrace } from "./components";

export = () =>
  withoutStackTrace(async () => {
    const settings = stackSettings();
    await preflight(settings);

    const cluster = new k8s.Provider("cluster", { context: settings.kubeContext });
    const preview = new PreviewStack(settings.names.namespace, { settings }, { providers: [cluster] });

    return {
      url: preview.url,
      ...(settings.ingress.apiHost && { apiUrl: settings.names.apiOrigin }),
      namespace: preview.namespace,
      images: { api: settings.api.image, web: settings.web.image },
      revisions: settings.revisions,
    };
  });
