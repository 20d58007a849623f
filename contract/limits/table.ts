/** How long something is waited for at most, and what comes after that. */
interface Limit {
  /** In the unit that the limit's name ends in; tries are a second apart. */
  readonly atMost: number;
  /** The command or the object that waits. */
  readonly who: string;
  /** What is waited for. */
  readonly what: string;
  readonly then: string;
}

/** Every limit that a user may meet, and nothing else: the docs' table is made from it. */
export const limitsTable = {
  serverReadySeconds: {
    atMost: 120,
    who: "a container of `api` or `web`",
    what: "its startup probe, `readyPath`",
    then: "it is ended, and `up` gives up",
  },
  containerExits: {
    atMost: 3,
    who: "every update",
    what: "a container of `api`, `web` or `db` that ends by itself",
    then: "gives up at once",
  },
  imageSeconds: { atMost: 30, who: "every update", what: "an image that can't be pulled", then: "gives up" },
  configurationSeconds: {
    atMost: 30,
    who: "every update",
    what: "a Secret or a key that isn't there",
    then: "gives up",
  },
  wrongPathSeconds: { atMost: 30, who: "every update", what: "a `readyPath` that answers 404", then: "gives up" },
  refusedPodsSeconds: {
    atMost: 20,
    who: "every update",
    what: "pods that the quota, or another rule, refuses",
    then: "gives up",
  },
  clusterDnsSeconds: { atMost: 60, who: "every update", what: "a gate that finds no DNS", then: "gives up" },
  slowStartNoticeSeconds: {
    atMost: 15,
    who: "every update",
    what: "a pod's place on a node, its gate, its readiness",
    then: "says what it waits for, and goes on",
  },
  refusedPodsNoticeSeconds: {
    atMost: 5,
    who: "every update",
    what: "pods that are refused",
    then: "says so, and goes on",
  },
  migrationNoticeSeconds: {
    atMost: 60,
    who: "every update",
    what: "a migration that is still running",
    then: "says so, and goes on",
  },
  policiesSeconds: {
    atMost: 30,
    who: "a pod's gate",
    what: "network policies that hold, and DNS",
    then: "it is tried again; a migration has failed",
  },
  databaseSeconds: {
    atMost: 120,
    who: "the database's startup probe; after the policies, the gate of an API's pod or a migration's",
    what: "the database",
    then: "it is tried again; a migration has failed",
  },
  migrationSeconds: {
    atMost: 14 * 60,
    who: "the migration's Job",
    what: "its end",
    then: "it is stopped, and has failed",
  },
  migrationUpdateSeconds: { atMost: 15 * 60, who: "Pulumi", what: "the migration's Job", then: "the update fails" },
  workloadUpdateSeconds: {
    atMost: 5 * 60,
    who: "Pulumi",
    what: "a Deployment or the StatefulSet that is made or changed",
    then: "the update fails",
  },
  workloadDeletionSeconds: {
    atMost: 2 * 60,
    who: "Pulumi",
    what: "a workload that is deleted",
    then: "the update or the closing fails",
  },
  routeSeconds: {
    atMost: 3 * 60,
    who: "Pulumi",
    what: "the route to the host, such as an Ingress's address",
    then: "the update fails",
  },
  dnsRecordSeconds: {
    atMost: 2 * 60,
    who: "Pulumi",
    what: "a DNS record",
    then: "the update or the closing fails",
  },
  namespaceCreationSeconds: { atMost: 60, who: "Pulumi", what: "a new namespace", then: "the update fails" },
  namespaceDeletionSeconds: {
    atMost: 2 * 60,
    who: "Pulumi, `close`",
    what: "a namespace that is deleted",
    then: "fails, and `close` names the object that keeps it",
  },
  podEndSeconds: { atMost: 5, who: "Kubernetes", what: "a pod's end after SIGTERM", then: "it is killed" },
  rolloutReadySeconds: {
    atMost: 120,
    who: "`up`, `wake`",
    what: "ready pods of database, API and web, after the update",
    then: "fails with those that aren't ready",
  },
  oldPodsGoneSeconds: {
    atMost: 30,
    who: "`up`, `wake`",
    what: "the end of the former revision's pods",
    then: "goes on",
  },
  hostServesSeconds: {
    atMost: 120,
    who: "`up`, `wake`, `test`, `npm start`",
    what: "the host, until it serves",
    then: "fails with its last answer",
  },
  apiServesSeconds: {
    atMost: 15,
    who: "`up`, `wake`, `test`, `npm start`",
    what: "the API behind the host",
    then: "says so, and goes on",
  },
  hostAnswerSeconds: {
    atMost: 10,
    who: "`up`, `wake`, `test`, `npm start`, `status N`",
    what: "one answer of the host",
    then: "asks again; `status` says so",
  },
  statusAnswerSeconds: {
    atMost: 5,
    who: "`status`",
    what: "the host's answer, for its health",
    then: "the preview counts as not well",
  },
  lockSeconds: {
    atMost: 30 * 60,
    who: "every command that changes a preview",
    what: "another run that has the stack's lock",
    then: "fails with the holder's name",
  },
  reconcileLockSeconds: {
    atMost: 120,
    who: "`reconcile`",
    what: "another run that has one stack's lock",
    then: "goes on with the next preview",
  },
  stackCreationTries: {
    atMost: 30,
    who: "`up`",
    what: "another run that makes the same stack",
    then: "fails with Pulumi's words",
  },
  namespaceGoneTries: {
    atMost: 120,
    who: "`up`",
    what: "the end of a deletion of the namespace",
    then: "fails with what the namespace waits for",
  },
  remainsSeconds: {
    atMost: 60,
    who: "`close`",
    what: "what is still there after the deletion, such as a volume",
    then: "the receipt says `still there`",
  },
  pulumiExitSeconds: {
    atMost: 60,
    who: "an update that is given up",
    what: "the end of Pulumi",
    then: "it is killed",
  },
  rateLimitSeconds: {
    atMost: 60,
    who: "every command",
    what: "the end of the code host's rate limit",
    then: "fails, and says how long it lasts",
  },
  pullRequestRunSeconds: {
    atMost: 60 * 60,
    who: "`reconcile`",
    what: "a pull request's own run, since its last change",
    then: "deploys its head",
  },
  expiryGraceSeconds: {
    atMost: 2 * 60 * 60,
    who: "`reconcile`",
    what: "clocks that differ, after a preview's time is up",
    then: "closes it",
  },
  checkSeconds: { atMost: 120, who: "`verify`", what: "one check", then: "the check fails" },
  allChecksSeconds: { atMost: 180, who: "`verify`", what: "all checks", then: "those that are left fail" },
  streamStartSeconds: {
    atMost: 5,
    who: "`verify`",
    what: "the first word of a streaming answer",
    then: "the check fails",
  },
  pageLoadSeconds: { atMost: 30, who: "`--screenshots`", what: "a page", then: "it has no picture" },
  pageIdleSeconds: {
    atMost: 5,
    who: "`--screenshots`",
    what: "a loaded page, until it rests",
    then: "it is taken as it is",
  },
} as const satisfies Record<`${string}Seconds` | `${string}Tries` | `${string}Exits`, Limit>;
