import type { Check } from "../check";
import { answerChecks } from "./answers";
import { bodyChecks } from "./bodies";
import { cookieChecks } from "./cookies";
import { corsChecks } from "./cors";
import { csrfChecks } from "./csrf";
import { djangoChecks } from "./django";
import { framingChecks } from "./framing";
import { hostChecks } from "./hosts";
import { isolationChecks } from "./isolation";
import { loginChecks } from "./login";
import { pageChecks } from "./pages";
import { proxyChecks } from "./proxy";
import { revisionChecks } from "./revision";
import { tlsChecks } from "./tls";

/** All checks, in the order in which they are reported. */
export const checks: readonly Check[] = [
  ...tlsChecks,
  ...hostChecks,
  ...proxyChecks,
  ...answerChecks,
  ...bodyChecks,
  ...csrfChecks,
  ...loginChecks,
  ...cookieChecks,
  ...corsChecks,
  ...framingChecks,
  ...pageChecks,
  ...djangoChecks,
  ...revisionChecks,
  ...isolationChecks,
];
