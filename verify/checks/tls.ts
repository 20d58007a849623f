import { type Check, failed, passed } from "../check";
import { NotChecked } from "../not-checked";
import { isRedirect, says } from "../http";

/** Node.js's error codes for certificates that it doesn't accept. */
const codes = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ERR_TLS|HOSTNAME_MISMATCH/;

/** Whether an error concerns the certificate rather than reaching the host. */
export const isCertificateError = (code: string | undefined): boolean => code !== undefined && codes.test(code);

export const certificate: Check = {
  id: "tls-certificate",
  title: "The host's certificate is valid and trusted",
  setting: "the ingress controller's default certificate (domain; a CA of your own: NODE_EXTRA_CA_CERTS)",
  why: "browsers show a warning instead of the preview, and clients refuse to connect",
  run: async (target) => {
    if (!target.origin.startsWith("https:")) {
      throw new NotChecked("the URL begins with http://, so there is no certificate");
    }
    try {
      const { status } = await target.get(target.product.health);
      return passed(`${target.host} is trusted; ${target.product.health} answers ${status}`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (isCertificateError(code)) {
        return failed(`${target.host}: ${code}`);
      }
      throw error;
    }
  },
};

export const httpRedirect: Check = {
  id: "http-redirect",
  title: "HTTP is redirected to HTTPS",
  setting: "ingress.annotations, or the ingress controller's entry point for port 80",
  why: "a link with http:// leads nowhere, or to a page on which Secure cookies don't work",
  run: async ({ askInsecurely, origin }) => {
    if (askInsecurely === undefined) {
      throw new NotChecked("the public port isn't 443, so the port for HTTP is unknown");
    }
    const answer = await askInsecurely({ path: "/" }).catch((error: NodeJS.ErrnoException) => {
      throw new NotChecked(`port 80 can't be reached from here: ${error.code ?? error.message}`);
    });
    const location = answer.headers.get("location") ?? "";
    return isRedirect(answer) && URL.parse(location)?.origin === origin
      ? passed(says(answer))
      : failed(`by HTTP ${says(answer)}`);
  },
};

export const tlsChecks = [certificate, httpRedirect];
