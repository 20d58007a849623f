export { cloudflareProgram, dnsApiVariables, startDnsApi } from "./dns-api";
export { DnsZone, type DnsFault, type DnsRecord } from "./dns-zone";
export { installPlugins } from "./install-plugins";
