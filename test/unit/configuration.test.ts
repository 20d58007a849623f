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
  const leaves = { "api.image": "a", "api.secrets.T": "t", "api.migrate": ["m"], "web.image": "w" };
  const isSecret = (key: string) => key === "api";

  it("are below a key that has a secret, but for what the stack's own file has in clear", () => {
    const file = { "api.image": "a", "api.migrate": ["m"], "api.secrets.T": { secure: "v1:x" } };
    assert.deepEqual(secretPaths(leaves, file, isSecret), ["api.secrets.T"]);
  });

  it("are all of them where the configuration is from another file", () => {
    const other = { "api.image": "b", "api.secrets.A": { secure: "v1:x" } };
    assert.deepEqual(secretPaths(leaves, other, isSecret), ["api.image", "api.secrets.T", "api.migrate"]);
    assert.deepEqual(
      secretPaths(leaves, {}, () => false),
      [],
    );
  });
});
