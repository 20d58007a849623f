import { UserError } from "../../contract";
import { deployed, type Deployed } from "../deployed";
import { httpClient } from "../http-client";
import { demoLogin } from "../login";
import { project } from "../project";
import { Cluster } from "../verify/cluster";
import { askThrough } from "../verify/http";
import { parseProduct, readProduct } from "../verify/product";
import { asJson, asText } from "../verify/report";
import { type Credentials, Target, type TargetOptions } from "../verify/target";
import { type Report, verify as run } from "../verify/verify";

export interface VerifyOptions {
  /** File with what can't be guessed about the product. */
  readonly product?: string;
  /** Context of the kubeconfig to look inside with. @default the stack's own */
  readonly context?: string;
  readonly json?: boolean;
}

/** Checks a preview's contract and prints what came of it. The exit code is 1 where something failed. */
export async function verify(preview: number | string, options: VerifyOptions): Promise<void> {
  const product = options.product === undefined ? parseProduct({}, "defaults") : readProduct(options.product);
  const view = typeof preview === "string" ? outside(preview) : await inside(preview, options);
  const target = new Target({ product, ...view });
  await reachable(target);

  const progress = progressOf();
  const report = await run(target, progress.count);
  progress.end();
  console.log(options.json === true ? asJson(report) : asText(report, process.stdout.columns ?? 120));
  process.exitCode = exitCodeOf(report);
}

export const exitCodeOf = ({ ok }: Report): number => (ok ? 0 : 1);

type View = Omit<TargetOptions, "product">;

/** By URL there is no stack and no cluster to ask. */
function outside(origin: string): View {
  const credentials = givenCredentials();
  return { ...asks(origin), origin, credentials };
}

/** By number, what the stack knows and the cluster shows. */
async function inside(pullRequest: number, { context }: VerifyOptions): Promise<View> {
  const stack = await deployed(project(), pullRequest);
  const place = { ...stack, kubeContext: context ?? stack.kubeContext };
  return {
    ...asks(stack.url, stack.apiUrl),
    origin: stack.url,
    cluster: new Cluster(place),
    ordered: stack,
    credentials: givenCredentials() ?? (await knownCredentials(place)),
  };
}

function asks(origin: string, apiOrigin?: string): Pick<View, "ask" | "askInsecurely" | "askApiHost"> {
  const client = httpClient();
  const { protocol, hostname, port } = new URL(origin);
  const isStandard = protocol === "https:" && port === "";
  return {
    ask: askThrough(client, origin),
    askInsecurely: isStandard ? askThrough(client, `http://${hostname}`) : undefined,
    askApiHost: apiOrigin === undefined ? undefined : askThrough(client, apiOrigin),
  };
}

function givenCredentials(): Credentials | undefined {
  const { PREVIEW_USERNAME: username, PREVIEW_PASSWORD: password } = process.env;
  return username && password ? { username, password } : undefined;
}

/** Whoever may not read the Secret goes on without it. */
async function knownCredentials(place: Deployed): Promise<Credentials | undefined> {
  return demoLogin(place).catch(() => undefined);
}

/** @throws UserError where there is nothing to check; a certificate that isn't trusted is a finding */
async function reachable(target: Target): Promise<void> {
  try {
    await target.ask({ path: "/" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (["ENOTFOUND", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"].includes(code ?? "")) {
      throw new UserError(`${target.origin} can't be reached: ${code}`);
    }
    if (code === undefined && !message.includes("certificate")) {
      throw new UserError(`${target.origin} can't be reached: ${message}`);
    }
  }
}

/** Tells on standard error how far it is, every two seconds. */
function progressOf(): { count: () => void; end: () => void } {
  let done = 0;
  const timer = setInterval(() => console.error(`${done} checks done`), 2_000);
  return {
    count: () => {
      done += 1;
    },
    end: () => clearInterval(timer),
  };
}
