export { cloudflareProgram, dnsApiVariables, startDnsApi } from "./dns-api";
export { installPlugins } from "./install-plugins";
