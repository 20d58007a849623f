import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { GET as django } from "@/app/api/[...path]/route";
import { sentPathOf } from "@/lib/exchange";
import { isNextAuthPath, nextAuthOptions } from "@/lib/next-auth";

/** next-auth's few paths. All others are Django's, as they would be if this file weren't here. */
async function handler(request: NextRequest, context: RouteContext<"/api/auth/[...nextauth]">): Promise<Response> {
  if (!isNextAuthPath(sentPathOf(request))) return django(request);
  const answer = (await NextAuth(request, context, nextAuthOptions())) as Response;
  answer.headers.set("Cache-Control", "private, no-store");
  answer.headers.set("X-Robots-Tag", "noindex, nofollow");
  return answer;
}

export { handler as GET, handler as POST };
export { DELETE, HEAD, OPTIONS, PATCH, PUT } from "@/app/api/[...path]/route";
