import assert from "node:assert/strict";
import {
  frontOf,
  hasMigration,
  imageSettingOf,
  losingData,
  longRunning,
  ofProduct,
  type Part,
  partsIn,
  productWorkloads,
  referenceOf,
  standardParts,
} from "../../contract";
import { partCalled } from "../../cli/parts";
import { expectedParts } from "../../lifecycle/change/expected-parts";
import { partBegun } from "../../lifecycle/change/update";
import { minimal, settingsWith } from "./example-settings";

const namesOf = (parts: readonly Part[]) => parts.map(({ name }) => name);

describe("the parts of a preview", () => {
  const four = ["api", "web", "db", "migration"];

  it("are the four of every preview, on the ports of the settings", () => {
    const { parts } = settingsWith({ api: { ...minimal.api, port: 8080 } });
    assert.deepEqual(Object.keys(parts), four);
    assert.deepEqual(namesOf(Object.values(parts) as Part[]), four);
    assert.deepEqual([parts.api.port, parts.api.targetPort], [8000, 8080]);
  });

  it("are those in the outputs, or the four when an older version wrote none", () => {
    const worker: Part = { ...standardParts.web, name: "worker" };
    assert.deepEqual(partsIn({ parts: [worker] }), [worker]);
    assert.deepEqual(namesOf(partsIn({})), four);
  });

  it("survive the outputs' JSON unchanged", () => {
    const parts = Object.values(settingsWith().parts);
    assert.deepEqual(JSON.parse(JSON.stringify(parts)), parts);
  });

  it("are told apart by their role and by whose image they run", () => {
    const parts = Object.values(standardParts);
    assert.deepEqual(longRunning(parts).map(referenceOf), ["deployment/api", "deployment/web", "statefulset/db"]);
    assert.deepEqual(namesOf(ofProduct(parts)), ["api", "web", "migration"]);
    assert.deepEqual(namesOf(productWorkloads(parts)), ["api", "web"]);
  });

  it("are recognised in a resource's name, even with a hyphen in their own", () => {
    const parts = ["proxy", "image-proxy"].map((name): Part => ({ ...standardParts.web, name }));
    const begun = (resource: string) => partBegun(` +  kubernetes:apps/v1:Deployment ${resource} creating (0s)`, parts);
    assert.equal(begun("shop-pr-1-image-proxy"), "image-proxy");
    assert.equal(begun("shop-pr-1-proxy"), "proxy");
    // Something that is no part.
    assert.equal(begun("shop-pr-1-redis"), "redis");
    const migrating = [...parts, standardParts.migration, { ...standardParts.web, name: "api-migration" }];
    assert.equal(partBegun(" +  kubernetes:batch/v1:Job pr-1-api-migration creating (0s)", migrating), "migration");
  });

  describe("beside the standard ones", () => {
    const collab = "ghcr.io/myorg/collab:4f5c2d1";
    const { parts } = settingsWith({
      services: {
        redis: { image: "redis:7.4", port: 6379 },
        worker: { from: "api", command: ["celery"] },
        beat: { from: "api", command: ["beat"], single: true },
        collab: { image: collab, perCommit: true, port: 4444 },
        other: { from: "api", image: "ghcr.io/myorg/other:1" },
        sentinel: { from: "redis" },
      },
    });
    const all = Object.values(parts) as Part[];
    const called = (name: string) => partCalled(name, all, 7);

    it("are found by name, and an unknown name is answered with all of them", () => {
      assert.equal(referenceOf(called("worker")), "deployment/worker");
      assert.equal(referenceOf(called("redis")), "statefulset/redis");
      assert.throws(() => called("celery"), {
        message:
          "pr-7 has no part celery for this; there are api, beat, collab, db, migration, other, redis, sentinel, web, worker",
      });
    });

    it("lose data when they end if the image isn't the product's", () => {
      assert.deepEqual(namesOf(losingData(all)).toSorted(), ["other", "redis", "sentinel"]);
      assert.deepEqual(losingData(Object.values(standardParts)), []);
    });

    it("name the setting of the image that they run", () => {
      const settings: Record<string, string> = {
        api: "api.image",
        migration: "api.image",
        db: "database.image",
        worker: "api.image",
        collab: "services.collab.image",
        redis: "services.redis.image",
        other: "services.other.image",
        sentinel: "services.redis.image",
      };
      for (const [name, setting] of Object.entries(settings)) {
        assert.equal(imageSettingOf(called(name)), setting, name);
      }
      // No other part needs the field: the outputs of living previews stay as they are.
      assert.deepEqual(namesOf(all.filter(({ imageSetting }) => imageSetting !== undefined)), ["sentinel"]);
    });

    it("name the settings of Secrets in the namespace where they are given, also of a part made from another", () => {
      const mail = (key: string) => ({ secret: "mail", key });
      const { parts } = settingsWith({
        api: { ...minimal.api, env: { USER: mail("user"), PASSWORD: mail("password"), A: mail("a") } },
        services: { worker: { from: "api", env: { A: "own", B: { secret: "other", key: "b" } }, omit: ["USER"] } },
      });
      const ofApi = { mail: ["api.env.USER", "api.env.PASSWORD", "api.env.A"] };
      assert.deepEqual([parts.api.secretSettings, parts.migration?.secretSettings], [ofApi, ofApi]);
      assert.deepEqual(parts.worker?.secretSettings, {
        mail: ["api.env.PASSWORD"],
        other: ["services.worker.env.B"],
      });
      assert.ok(!("secretSettings" in parts.web!));
    });
  });

  it("may be without a web, whose place the API takes, and without a migration", () => {
    const { parts } = settingsWith({
      api: { ...minimal.api, migrate: "none" },
      web: { enabled: false },
    });
    const all = Object.values(parts) as Part[];
    assert.deepEqual(namesOf(all), ["api", "db"]);
    assert.equal(frontOf(namesOf(all)), "api");
    assert.equal(frontOf(["api", "db", "web"]), "web");
    assert.equal(hasMigration(all), false);
    assert.equal(hasMigration(Object.values(standardParts)), true);
  });

  describe("of an update that has only begun", () => {
    const leaves = {
      kubeContext: "previews",
      domain: "previews.example.com",
      product: "orders",
      "api.image": minimal.api.image,
      "api.secrets.TOKEN": { secure: "v1:abc" },
      "web.enabled": false,
      "services.redis.image": "redis:7.4",
    };

    it("are those of its settings, encrypted ones included", () => {
      const all = expectedParts("pr-7", "preview", { ...leaves, "cloudflare:apiBaseUrl": "https://x" }, {});
      assert.deepEqual(namesOf(all), ["api", "db", "migration", "redis"]);
    });

    it("are those of the last update where the settings are invalid", () => {
      const former: Part = { ...standardParts.web, name: "worker" };
      const wrong = { ...leaves, "api.image": "api:latest" };
      assert.deepEqual(expectedParts("pr-7", "preview", wrong, { parts: [former] }), [former]);
    });
  });
});
