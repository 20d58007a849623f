import { stackConfiguration, stackSettings } from "../../../../components";
import { DnsRecord } from "../../../../components/dns-record";

export = () => {
  const settings = stackSettings(stackConfiguration());
  new DnsRecord("record", { settings, dns: settings.dns!, host: settings.names.host });
};
