import "server-only";
import { getServerSession, type Session } from "next-auth";
import { hasCompanyLogin, nextAuthOptions } from "./next-auth";

/** Who next-auth takes the visitor for; null for nobody. */
export async function webSession(): Promise<Session | null> {
  return hasCompanyLogin() ? getServerSession(nextAuthOptions()) : null;
}
