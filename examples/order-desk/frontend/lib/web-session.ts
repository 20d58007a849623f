import "server-only";
import { getServerSession, type Session } from "next-auth";
import { hasCompanyLogin, nextAuthOptions } from "./next-auth";

/** The user logged in with next-auth; null if nobody is. */
export async function webSession(): Promise<Session | null> {
  return hasCompanyLogin() ? getServerSession(nextAuthOptions()) : null;
}
