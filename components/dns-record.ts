import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { dnsComment, limits, type Settings } from "../contract";

export interface DnsRecordArgs {
  readonly settings: Settings;
  readonly dns: NonNullable<Settings["dns"]>;
  readonly host: string;
}

/**
 * The record of one of the preview's hosts at Cloudflare. The token comes from CLOUDFLARE_API_TOKEN, so that it is in no state.
 *
 * `proxied` is off by default: Universal SSL covers the zone's apex and one level below it, so the proxied host
 * `pr-1.previews.example.com` in the zone `example.com` has no valid certificate. It needs a zone that is the domain
 * itself, or an advanced certificate (https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/).
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

/** Cloudflare's own choice of a record's time to live. */
const automatic = 1;
