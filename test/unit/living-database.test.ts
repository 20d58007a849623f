import assert from "node:assert/strict";
import type * as k8s from "@pulumi/kubernetes";
import { PreviewStack } from "../../components";
import { refuseDataLoss } from "../../components/refuse-data-loss";
import { type LivingDatabase, canOpenDataOf, replacingChanges } from "../../components/living-database";
import { statefulSetArgs } from "../../components/postgres";
import { generationOf, type SettingsInput } from "../../contract";
import { settingsWith } from "./example-settings";

type Args = k8s.apps.v1.StatefulSetArgs;
interface Plain {
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: {
    serviceName: string;
    selector: { matchLabels: Record<string, string> };
    template: { metadata: { labels: Record<string, string> }; spec: object };
    podManagementPolicy?: string;
    revisionHistoryLimit?: number;
    volumeClaimTemplates: { metadata: object; spec: { resources: object } }[];
  };
}
const parts = (values: SettingsInput) => ({
  settings: settingsWith(values),
  namespace: "pr-123",
  imagePullSecrets: [],
  passwordSecret: "db-1a2b3c",
});
const wanted = (values: SettingsInput = {}) => statefulSetArgs(parts(values)) as unknown as Plain;

/** With the fields that the API server fills in. */
function living(values: SettingsInput = {}): LivingDatabase & Plain {
  const { metadata, spec } = structuredClone(wanted(values));
  const [claim] = spec.volumeClaimTemplates;
  const filledIn = {
    metadata,
    spec: {
      ...spec,
      podManagementPolicy: "OrderedReady",
      revisionHistoryLimit: 10,
      volumeClaimTemplates: [
        {
          ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", status: { phase: "Pending" } },
          metadata: { ...claim!.metadata, creationTimestamp: null },
          spec: { ...claim!.spec, volumeMode: "Filesystem" },
        },
      ],
    },
  };
  return filledIn as unknown as LivingDatabase & Plain;
}

const differences = (before: LivingDatabase, after: Plain) => replacingChanges(before, after as unknown as Args);

describe("whether an update keeps the database", () => {
  it("accepts an unchanged database", () => {
    assert.deepEqual(differences(living(), wanted()), []);
  });

  const inPlace: Record<string, (args: Plain) => void> = {
    "a label on object and pod": ({ metadata, spec }) => {
      metadata.labels.team = "blue";
      spec.template.metadata.labels.team = "blue";
    },
    "another pod": ({ spec }) => void (spec.template.spec = {}),
    "what Kubernetes takes for it anyway": ({ spec }) => {
      spec.podManagementPolicy = "OrderedReady";
      spec.revisionHistoryLimit = 10;
    },
    "the same size in other words": ({ spec }) => {
      spec.volumeClaimTemplates[0]!.spec.resources = { requests: { storage: "1024Mi" } };
    },
  };
  for (const [what, change] of Object.entries(inPlace)) {
    it(`accepts ${what}`, () => {
      const after = wanted();
      change(after);
      assert.deepEqual(differences(living(), after), []);
    });
  }

  const replacing: Record<string, [change: (args: Plain) => void, deployed: string, wanted: string]> = {
    "metadata.name": [({ metadata }) => void (metadata.name = "postgres"), "db", "postgres"],
    "metadata.namespace": [({ metadata }) => void (metadata.namespace = "shop-pr-123"), "pr-123", "shop-pr-123"],
    "spec.serviceName": [({ spec }) => void (spec.serviceName = "postgres"), "db", "postgres"],
    "spec.selector": [
      ({ spec }) => void (spec.selector.matchLabels.team = "blue"),
      '{"matchLabels":{"app.kubernetes.io/name":"db"}}',
      '{"matchLabels":{"app.kubernetes.io/name":"db","team":"blue"}}',
    ],
    "spec.podManagementPolicy": [
      ({ spec }) => void (spec.podManagementPolicy = "Parallel"),
      "OrderedReady",
      "Parallel",
    ],
    "spec.revisionHistoryLimit": [({ spec }) => void (spec.revisionHistoryLimit = 2), "10", "2"],
    "spec.volumeClaimTemplates": [
      ({ spec }) => void spec.volumeClaimTemplates.push(structuredClone(spec.volumeClaimTemplates[0]!)),
      "1",
      "2",
    ],
  };
  for (const [what, [change, deployed, now]] of Object.entries(replacing)) {
    it(`reports another ${what}`, () => {
      const after = wanted();
      change(after);
      assert.deepEqual(differences(living(), after), [{ what, deployed, wanted: now }]);
    });
  }

  it("reports another size and class of the volume by their settings", () => {
    assert.deepEqual(differences(living(), wanted({ database: { storage: "2Gi", storageClass: "fast" } })), [
      { what: "database.storage", deployed: "1Gi", wanted: "2Gi" },
      { what: "database.storageClass", deployed: '""', wanted: "fast" },
    ]);
  });

  it("reads the generation from the claim, and takes a missing one as the first", () => {
    assert.equal(generationOf(living({ database: { generation: 3 } })), 3);
    assert.equal(generationOf({ spec: { volumeClaimTemplates: [{}] } }), 1);
  });

  it("lets only a minor version or the same reference open the data, not another version, variant or repository", () => {
    const opens: [string, string, boolean][] = [
      ["postgres:16", "postgres:16", true],
      ["postgres:16", "postgres:16.9", true],
      ["postgres:16.4-bookworm", "postgres:16.9-bookworm", true],
      ["postgres:16", "postgres:17", false],
      ["postgres:16.4-bookworm", "postgres:16.4-alpine", false],
      ["postgres:16", "ghcr.io/myorg/postgres:16", false],
      [`postgres@sha256:${"a".repeat(64)}`, `postgres@sha256:${"a".repeat(64)}`, true],
      [`postgres@sha256:${"a".repeat(64)}`, `postgres@sha256:${"b".repeat(64)}`, false],
      ["preview.local/postgres:1cae1d3", "preview.local/postgres:1cae1d4", false],
    ];
    for (const [before, after, expected] of opens) {
      assert.equal(canOpenDataOf(after, before), expected, `${before} to ${after}`);
    }
  });

  describe("is decided before anything is registered", () => {
    const stack = (values: SettingsInput, existing: LivingDatabase) =>
      new PreviewStack("pr-123", { settings: settingsWith(values), existing: { database: existing } });

    it("refuses a change that would lose the data, and says what to do", () => {
      assert.throws(() => stack({ database: { storage: "2Gi" } }, living()), {
        name: "SettingsError",
        message:
          /nothing was changed:\n.*database\.storage: .*from 1Gi to 2Gi.*database\.generation.*--replace-database/s,
      });
    });

    it("refuses another image or user that may not open the data, unless the settings vouch for it", () => {
      const change = { image: "postgres:17", uid: 70 };
      assert.throws(() => stack({ database: change }, living()), {
        message:
          /database\.image: .*with postgres:17 may be unable.*with postgres:16.*database\.dataFrom postgres:16.*\n.*database\.uid: .*with 70 may.*with 999/,
      });
      const settings = settingsWith({ database: { ...change, dataFrom: "postgres:16" } });
      assert.doesNotThrow(() => refuseDataLoss({ settings, existing: { database: living() } }));
    });

    it("refuses another name of the database or its user, unless the database starts over", () => {
      const names = { name: "shop", user: "owner" };
      assert.throws(() => stack({ database: names }, living()), {
        name: "SettingsError",
        message:
          /nothing was changed:\n {2}database\.name: .*from app_preview to shop without.*\n {2}database\.user: .*from app to owner.*--replace-database/,
      });
      const kept = settingsWith({ database: names });
      assert.doesNotThrow(() =>
        refuseDataLoss({ settings: kept, existing: { database: living({ database: names }) } }),
      );
      const settings = settingsWith({ database: { ...names, generation: 2 } });
      assert.doesNotThrow(() => refuseDataLoss({ settings, existing: { database: living() } }));
    });

    it("refuses a lower generation", () => {
      assert.throws(() => stack({}, living({ database: { generation: 2 } })), {
        message: /database\.generation: must be at least 2, the deployed generation; got 1/,
      });
    });
  });
});
