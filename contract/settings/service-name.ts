import { dnsLabel } from "./rules";

/** What a service can't be called: what a preview makes itself, and what begins the name of another value. */
const taken = {
  part: ["api", "web", "database", "db", "migration"],
  value: ["host", "hostport", "origin", "number", "namespace", "sha", "random", "secret", "public"],
};

/** A name that is a Service's, a workload's and the begin of values' names: `${redis.host}`. */
export const serviceName = dnsLabel
  .refine((name) => /^[a-z]/.test(name) && name.length <= 40, "must begin with a letter and have at most 40 characters")
  .refine((name) => !taken.part.includes(name), "must not be called like a part that every preview has")
  .refine((name) => !taken.value.includes(name), "must not be called like a value, such as ${host}");
