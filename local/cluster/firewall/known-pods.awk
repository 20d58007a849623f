# Lets new connections from and to pods through only where kube-router has rules for the pod. Until then a pod that has just
# started would be wide open, and Kubernetes asks of a network plugin that pods start isolated.
/^-A KUBE-ROUTER-FORWARD -s [0-9.]+\/32 / && !($4 in known) { known[$4] = ++count; pod[count] = $4 }
/^:KNOWN-(SOURCE|DESTINATION) / || /^-A KNOWN-(SOURCE|DESTINATION) / { next }
/^\*filter$/ { print; print ":KNOWN-SOURCE - [0:0]"; print ":KNOWN-DESTINATION - [0:0]"; next }
/^COMMIT$/ { only("KNOWN-SOURCE", "-s"); only("KNOWN-DESTINATION", "-d") }
{ print }

function only(chain, end, i) {
  # The node's own probes and port-forwards come from the bridge's address.
  print "-A " chain " -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"
  print "-A " chain " -m addrtype --src-type LOCAL -j RETURN"
  for (i = 1; i <= count; i++) print "-A " chain " " end " " pod[i] " -j RETURN"
  print "-A " chain " " end " " pods " -j REJECT --reject-with icmp-port-unreachable"
}
