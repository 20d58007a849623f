# Lets new connections from and to pods through only where kube-router has rules for the pod. Until then a pod that has just
# started would be wide open, and Kubernetes asks of a network plugin that pods start isolated. Reads and writes what
# iptables-save and kube-router write, which differ in the order of a rule's parts.
/^-A KUBE-ROUTER-FORWARD / && / -j KUBE-POD-FW-/ && match($0, / -s [0-9.]+/) {
  address = substr($0, RSTART + 4, RLENGTH - 4)
  if (!(address in known)) { known[address] = 1; pods_known[++count] = address }
}
/^:KNOWN-(SOURCE|DESTINATION) / || /^-A KNOWN-(SOURCE|DESTINATION) / || / -j KNOWN-(SOURCE|DESTINATION)$/ { next }
/^\*filter$/ { print; print ":KNOWN-SOURCE - [0:0]"; print ":KNOWN-DESTINATION - [0:0]"; next }
# Before kube-router's marks are looked at, which say that one end is known.
/^-A INPUT .*-j KUBE-ROUTER-INPUT/ { print; input(); next }
/^-A FORWARD .*-j KUBE-ROUTER-FORWARD/ { print; forward(); next }
/^COMMIT$/ { input(); forward(); only("KNOWN-SOURCE", "-s"); only("KNOWN-DESTINATION", "-d") }
{ print }

function input() { if (!hasInput++) print "-A INPUT -j KNOWN-SOURCE" }
function forward() { if (!hasForward++) print "-A FORWARD -j KNOWN-SOURCE\n-A FORWARD -j KNOWN-DESTINATION" }

function only(chain, end, i) {
  print "-A " chain " -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"
  # The node's own probes and port-forwards come from the bridge's address.
  print "-A " chain " -m addrtype --src-type LOCAL -j RETURN"
  for (i = 1; i <= count; i++) print "-A " chain " " end " " pods_known[i] " -j RETURN"
  print "-A " chain " " end " " pods " -j REJECT --reject-with icmp-port-unreachable"
}
