import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { dnsComment, limits, type Settings } from "../contract";

export interface DnsRecordArgs {
  readonly settings: Settings;
  readonly dns: NonNullable<Settings["dns"]>;
  readonly host: string;
}

/**
 * The Cloudflare record of one of the preview's hosts. The token comes from CLOUDFLARE_API_TOKEN, so that no state contains it.
 *
 * `proxied` is off by default: Universal SSL covers a zone's apex and one level below it, so a proxied
 * `pr-1.previews.example.com` in the zone `example.com` has no valid certificate. It needs `previews.example.com` as a zone, or
 * an advanced certificate (https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/).
 */
export class DnsRecord extends pulumi.ComponentResource {
  constructor(name: string, { settings, dns, host }: DnsRecordArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:DnsRecord", name, {}, options);

    const timeout = `${limits.dnsRecordSeconds}s`;
    new cloudflare.DnsRecord(
      name,
      {
        zoneId: dns.zoneId,
        name: host,
        type: dns.type,
        content: dns.target,
        proxied: dns.proxied,
        ttl: automatic,
        comment: dnsComment(settings.owner),
      },
      { parent: this, customTimeouts: { create: timeout, update: timeout, delete: timeout } },
    );

    this.registerOutputs({});
  }
}

/** The TTL by which Cloudflare chooses one. */
const automatic = 1;
