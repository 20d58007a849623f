import assert from "node:assert/strict";
import { kubectl } from "../../clients/kubernetes/kubectl";
import { UserError } from "../../contract";
import { fakeKubectl } from "./kubectl";

describe("an error of kubectl", () => {
  const fake = fakeKubectl();
  const place = { kubeContext: "previews", namespace: "pr-1" };
  const fails = (stderr: string, message: string) =>
    it(JSON.stringify(stderr), async () => {
      fake.answers(`cat >&2 <<'END'\n${stderr}\nEND\nexit 1`);
      await assert.rejects(kubectl(place, ["get", "pods"]), new UserError(message));
    });

  const attempt =
    'E1130 08:00:00.000001    4711 memcache.go:265] "Unhandled Error" err="couldn\'t get the server API group list"';
  const refused = "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?";
  fails(`${attempt}\n${attempt}\n${refused}`, `kubectl get pods in pr-1: ${refused}`);
  fails(
    'error: context "previews" does not exist',
    'kubeContext: context "previews" does not exist in the kubeconfig; kubectl config get-contexts lists those that do',
  );
});
