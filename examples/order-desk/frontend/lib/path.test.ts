import assert from "node:assert/strict";
import { test } from "node:test";
import { routeOf } from "./path.ts";

test("the prefix is taken off or kept, and the rest stays as the browser sent it", () => {
  const table: [string, string][] = [
    ["/api", "/"],
    ["/api/", "/"],
    ["/api/orders/", "/orders/"],
    ["/api/orders", "/orders"],
    ["/api/files/a%2Fb/", "/files/a%2Fb/"],
    ["/api/what%3F/", "/what%3F/"],
    ["/api/Malm%C3%B6/", "/Malm%C3%B6/"],
    ["/api/100%25/", "/100%25/"],
    ["/api/%zz/%ff", "/%zz/%ff"],
    ["/api/..hidden/v1.2/...", "/..hidden/v1.2/..."],
    ["/api/api/", "/api/"],
  ];
  for (const [path, expected] of table) {
    assert.deepEqual(routeOf(path, "strip"), { path: expected, strippedPrefix: "/api" }, path);
    assert.deepEqual(routeOf(path, "keep"), { path }, path);
  }
});

test("nothing leaves the prefix, in whatever way it is written", () => {
  const table = [
    "/",
    "/apiary",
    "/admin/",
    "/API/orders/",
    "/api//orders/",
    "/api/orders//",
    "/api/..",
    "/api/../admin/",
    "/api/./admin/",
    "/api/..%2f..%2fadmin/",
    "/api/x/..%2Fadmin/",
    "/api/%2e%2e/admin/",
    "/api/.%2E/admin/",
    "/api/%252e%252e%252fadmin/",
    "/api/%25252e%25252e/admin/",
    "/api/%2fevil.example/",
    "/api/x%2f%2fy",
    "/api/..\\admin/",
    "/api/..%5cadmin/",
    "/api/%255cadmin/",
    // However it ends, it would take thousands of decodings, each as long as the path: no request may hold up all others.
    `/api/%${"25".repeat(7_000)}`,
  ];
  for (const path of table) {
    assert.equal(routeOf(path, "strip"), undefined, path);
    assert.equal(routeOf(path, "keep"), undefined, path);
  }
});

test("the callback route is Django's without a prefix", () => {
  assert.deepEqual(routeOf("/auth/callback/example/", "strip"), { path: "/auth/callback/example/" });
  for (const path of ["/auth/callback/..%2f..%2fadmin/", "/auth/callback", "/auth/login/", "/auth/callback/../x/"]) {
    assert.equal(routeOf(path, "strip"), undefined, path);
  }
});
