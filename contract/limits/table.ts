/** A timeout, and what happens when it expires. */
interface Limit {
  /** In the unit that the limit's name ends in; tries are a second apart. */
  readonly atMost: number;
  /** The command or the object that waits. */
  readonly who: string;
  /** What it waits for. */
  readonly what: string;
  readonly then: string;
}

/** Every limit that a user may run into, and no other: the table in the docs is generated from it. */
export const limitsTable = {
  serverReadySeconds: {
    atMost: 120,
    who: "a container, by default (`startSeconds`)",
    what: "its startup probe",
    then: "it is killed, and `up` fails",
  },
  containerExits: {
    atMost: 3,
    who: "every update",
    what: "a container of `api`, `web` or `db` that exits",
    then: "fails at once",
  },
  imageSeconds: { atMost: 30, who: "every update", what: "an image that can't be pulled", then: "fails" },
  configurationSeconds: {
    atMost: 30,
    who: "every update",
    what: "a missing Secret or key",
    then: "fails",
  },
  wrongPathSeconds: { atMost: 30, who: "every update", what: "a `readyPath` that answers 404", then: "fails" },
  refusedPodsSeconds: {
    atMost: 20,
    who: "every update",
    what: "pods that the quota or another admission rule rejects",
    then: "fails",
  },
  clusterDnsSeconds: {
    atMost: 60,
    who: "every update",
    what: "a gate that can't reach the cluster's DNS",
    then: "fails",
  },
  slowStartNoticeSeconds: {
    atMost: 15,
    who: "every update",
    what: "a pod to be scheduled, to pass its gate, to be ready",
    then: "reports what it waits for, and continues",
  },
  refusedPodsNoticeSeconds: {
    atMost: 5,
    who: "every update",
    what: "rejected pods",
    then: "reports it, and continues",
  },
  migrationNoticeSeconds: {
    atMost: 60,
    who: "every update",
    what: "a running migration",
    then: "reports it, and continues",
  },
  policiesSeconds: {
    atMost: 30,
    who: "a pod's gate",
    what: "network policies to take effect, and DNS",
    then: "it is restarted; a migration fails",
  },
  databaseSeconds: {
    atMost: 120,
    who: "the database's startup probe; the gate of an API or migration pod, after the policies",
    what: "the database",
    then: "it is restarted; a migration fails",
  },
  migrationSeconds: {
    atMost: 14 * 60,
    who: "the migration's Job",
    what: "its completion",
    then: "it is stopped, and fails",
  },
  migrationUpdateSeconds: { atMost: 15 * 60, who: "Pulumi", what: "the migration's Job", then: "the update fails" },
  workloadUpdateSeconds: {
    atMost: 5 * 60,
    who: "Pulumi",
    what: "a Deployment or a StatefulSet, created or changed, beyond a longer `startSeconds` and `stopSeconds`",
    then: "the update fails",
  },
  workloadDeletionSeconds: {
    atMost: 2 * 60,
    who: "Pulumi",
    what: "the deletion of a workload",
    then: "the update or `close` fails",
  },
  afterStopSeconds: {
    atMost: 60,
    who: "Pulumi",
    what: "a workload or a namespace that is deleted, beyond the longest `stopSeconds`",
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
    then: "the update or `close` fails",
  },
  namespaceCreationSeconds: { atMost: 60, who: "Pulumi", what: "a new namespace", then: "the update fails" },
  namespaceDeletionSeconds: {
    atMost: 2 * 60,
    who: "Pulumi, `close`",
    what: "the deletion of a namespace",
    then: "fails, and `close` names the object that blocks it",
  },
  podEndSeconds: { atMost: 5, who: "Kubernetes", what: "a pod to exit after SIGTERM", then: "it is killed" },
  rolloutReadySeconds: {
    atMost: 120,
    who: "`up`, `wake`",
    what: "ready pods of all parts, after the update; those that still start have their own time",
    then: "fails, and names those that aren't ready",
  },
  oldPodsGoneSeconds: {
    atMost: 30,
    who: "`up`, `wake`",
    what: "the old revision's pods to exit",
    then: "continues",
  },
  hostServesSeconds: {
    atMost: 120,
    who: "`up`, `wake`, `test`, `npm start`",
    what: "the host to serve",
    then: "fails with its last response",
  },
  apiServesSeconds: {
    atMost: 15,
    who: "`up`, `wake`, `test`, `npm start`",
    what: "the API behind the host",
    then: "reports it, and continues",
  },
  hostAnswerSeconds: {
    atMost: 10,
    who: "`up`, `wake`, `test`, `npm start`, `status N`",
    what: "one response from the host",
    then: "tries again; `status` reports it",
  },
  statusAnswerSeconds: {
    atMost: 5,
    who: "`status`",
    what: "the host's response, for the preview's health",
    then: "the preview counts as unhealthy",
  },
  pairImageSeconds: {
    atMost: 20 * 60,
    who: "`up`",
    what: "another repository's build of the commit that a pair needs",
    then: "fails, and names the image; the old preview stays",
  },
  branchImageTries: {
    atMost: 20,
    who: "`up`",
    what: "the newest commit of another repository's branch that has an image",
    then: "fails, and names the image",
  },
  lockSeconds: {
    atMost: 30 * 60,
    who: "every command that changes a preview",
    what: "another run that holds the stack's lock",
    then: "fails, and names the holder",
  },
  reconcileLockSeconds: {
    atMost: 120,
    who: "`reconcile`",
    what: "another run that holds a stack's lock",
    then: "continues with the next preview",
  },
  stackCreationTries: {
    atMost: 30,
    who: "`up`",
    what: "another run that is creating the same stack",
    then: "fails with Pulumi's message",
  },
  namespaceGoneTries: {
    atMost: 120,
    who: "`up`",
    what: "a namespace that is being deleted",
    then: "fails, and names what blocks the deletion",
  },
  remainsSeconds: {
    atMost: 60,
    who: "`close`",
    what: "objects that outlast the deletion, such as a volume",
    then: "the receipt says `still there`",
  },
  pulumiExitSeconds: {
    atMost: 60,
    who: "an update that fails early",
    what: "Pulumi to exit",
    then: "it is killed",
  },
  rateLimitSeconds: {
    atMost: 60,
    who: "every command",
    what: "the code host's or an image registry's rate limit to reset",
    then: "fails, and says when it resets",
  },
  registryAnswerSeconds: {
    atMost: 20,
    who: "every command that asks an image registry",
    what: "one response",
    then: "tries again three times, then fails",
  },
  credentialHelperSeconds: {
    atMost: 30,
    who: "every command that asks an image registry",
    what: "one of docker's credential helpers",
    then: "fails",
  },
  pullRequestRunSeconds: {
    atMost: 60 * 60,
    who: "`reconcile`",
    what: "a pull request's own workflow run, since its last change",
    then: "deploys its head itself",
  },
  expiryGraceSeconds: {
    atMost: 2 * 60 * 60,
    who: "`reconcile`",
    what: "the end of an expired preview's grace period, as clocks may differ",
    then: "closes it",
  },
  checkSeconds: { atMost: 120, who: "`verify`", what: "one check", then: "the check fails" },
  allChecksSeconds: { atMost: 180, who: "`verify`", what: "all checks", then: "the remaining checks fail" },
  streamStartSeconds: {
    atMost: 5,
    who: "`verify`",
    what: "the first bytes of a streaming response",
    then: "the check fails",
  },
  pageLoadSeconds: { atMost: 30, who: "`--screenshots`", what: "a page to load", then: "there is no screenshot of it" },
  pageIdleSeconds: {
    atMost: 5,
    who: "`--screenshots`",
    what: "a loaded page's network to be idle",
    then: "takes the screenshot anyway",
  },
} as const satisfies Record<`${string}Seconds` | `${string}Tries` | `${string}Exits`, Limit>;
