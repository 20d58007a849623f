import assert from "node:assert/strict";
import { fromConfiguration } from "../../components/configuration";

describe("fromConfiguration", () => {
  it("reads the project's keys, groups from JSON and all else as text", () => {
    const configuration = {
      "preview:domain": "previews.example.com",
      "preview:port": "8443",
      "preview:api": '{"image":"a/b:1234567","port":8000}',
      "preview:egress": "[]",
      "preview:dns": "{}",
      "preview:product": "[orders",
      "pulumi:disable-default-providers": '["kubernetes"]',
    };
    assert.deepEqual(fromConfiguration(configuration, "preview"), {
      domain: "previews.example.com",
      port: "8443",
      api: { image: "a/b:1234567", port: 8000 },
      egress: [],
      product: "[orders",
    });
  });
});
