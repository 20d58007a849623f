import assert from "node:assert/strict";
import { namedImages } from "../../cli/arguments";
import { refuseOtherImages } from "../../lifecycle/up/refuse-other-images";

describe("preview up --image", () => {
  const collab = "ghcr.io/myorg/collab:4f5c2d1";
  const leaves = {
    "api.image": "ghcr.io/myorg/api:4f5c2d1",
    "services.collab.perCommit": "true",
    "services.collab.image": collab,
    "services.redis.image": "redis:7.4",
    "services.tika.perCommit": false,
  };

  it("takes a name and an image, once each", () => {
    const one = namedImages(`collab=${collab}`, {});
    assert.deepEqual(namedImages("docs=reg.io/docs@sha256:1", one), { collab, docs: "reg.io/docs@sha256:1" });
    assert.throws(() => namedImages(`collab=${collab}`, one), /The image collab is given twice/);
    for (const text of ["collab", "collab=", "=image", "Collab=image"]) {
      assert.throws(() => namedImages(text, {}), /must be NAME=IMAGE/);
    }
  });

  it("is for what a commit changes", () => {
    assert.doesNotThrow(() => refuseOtherImages(["api", "web", "collab"], leaves));
    const advice = (name: string) => `for a service of your own set services.${name}.perCommit to true`;
    for (const name of ["redis", "tika", "colab", "db"]) {
      assert.throws(() => refuseOtherImages([name], leaves), {
        message: `there is no image ${name} that a commit changes, and nothing was changed: there are api, web, collab; ${advice(name)}`,
      });
    }
  });

  it("is for no web where there is none", () => {
    for (const off of [false, "false"]) {
      assert.throws(
        () => refuseOtherImages(["api", "web"], { ...leaves, "web.enabled": off }),
        /web\.enabled is false/,
      );
    }
  });
});
