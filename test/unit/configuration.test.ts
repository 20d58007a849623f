import assert from "node:assert/strict";
import { fromConfiguration, secretPaths } from "../../components/configuration";

describe("fromConfiguration", () => {
  it("reads the project's keys, groups from JSON and all else as text", () => {
    const configuration = {
      "preview:domain": "previews.example.com",
      "preview:port": "8443",
      "preview:api": '{"image":"a/b:1234567","port":8000}',
      "preview:egress": "[]",
      "preview:dns": "{}",
      "preview:prefix": "",
      "preview:product": "[orders",
      "pulumi:disable-default-providers": '["kubernetes"]',
    };
    assert.deepEqual(fromConfiguration(configuration, "preview"), {
      domain: "previews.example.com",
      port: "8443",
      api: { image: "a/b:1234567", port: 8000 },
      product: "[orders",
    });
  });
});

describe("secretPaths", () => {
  const leaves = { "api.image": "a", "api.secrets.T": "t", "web.image": "w", domain: "d" };

  it("are those that are known, or below a known one", () => {
    const isSecret = (key: string) => key === "api";
    assert.deepEqual(secretPaths(leaves, ["api.secrets.T"], isSecret), ["api.secrets.T"]);
    assert.deepEqual(secretPaths(leaves, ["api"], isSecret), ["api.image", "api.secrets.T"]);
  });

  it("are all of a key that has a secret below it where nobody knows which", () => {
    assert.deepEqual(
      secretPaths(leaves, [], (key) => key === "api"),
      ["api.image", "api.secrets.T"],
    );
  });
});
