# Runs before a pod's own containers, in an image that the platform chooses: what a pull request brings doesn't start before the
# network policies hold for its pod and what it needs can be reached. Needs bash, timeout and sleep.
set -u

# Connects to a host and port within so many seconds, and sends nothing. Says "begun" once it tries: on a busy node that may be
# too late for an answer.
try() {
  timeout "$3" bash -c 'echo begun; : <>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
}

connects() {
  try "$@" >/dev/null
}

tell() {
  echo "$1"
  printf '%s' "$1" 2>/dev/null >/dev/termination-log || true
}

give_up() {
  tell "$2"
  exit "$1"
}

timeout 0.2 true || give_up 1 "its image has no timeout that takes fractions of a second"

# Over TCP: a query by UDP that a firewall drops is tried again only seconds later.
await_dns() {
  local nameserver
  nameserver=$(sed -n 's/^nameserver \([^ ]*\).*/\1/p' /etc/resolv.conf | head -n 1)
  until connects "$nameserver" 53 0.2; do
    [ "$SECONDS" -lt "$POLICY_SECONDS" ] || give_up "$DNS_EXIT_CODE" \
      "can't reach the DNS server $nameserver over TCP after $POLICY_SECONDS s"
    sleep 0.1
  done
}

await_isolation() {
  local closed=0 begun
  until [ "$closed" = 2 ]; do
    if begun=$(try "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT" 0.5); then
      closed=0
      [ "$SECONDS" -lt "$POLICY_SECONDS" ] || give_up "$ISOLATION_EXIT_CODE" \
        "reaches the Kubernetes API at $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT even after $POLICY_SECONDS s: the cluster doesn't enforce NetworkPolicies, or the setting egress lets it"
    elif [ "$begun" = begun ]; then
      closed=$((closed + 1))
      # Closed is what all else isn't.
      await_dns
    fi
    sleep 0.1
  done
}

# Where pods start isolated, all is closed until the network knows the pod; where they don't, until its policies come.
await_dns
if [ "$CHECKS_ISOLATION" = true ]; then
  await_isolation
  sees=closed
else
  sees="not checked"
fi

for needed in $NEEDS; do
  until connects "${needed%:*}" "${needed#*:}" 0.2; do
    [ "$SECONDS" -lt "$NEEDS_SECONDS" ] || give_up "$NEEDED_EXIT_CODE" "can't reach $needed after $NEEDS_SECONDS s"
    sleep 0.1
  done
done

tell "$sees"
