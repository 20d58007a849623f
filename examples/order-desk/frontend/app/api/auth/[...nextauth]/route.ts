import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { GET as django } from "@/app/api/[...path]/route";
import { sentPathOf } from "@/lib/exchange";
import { isNextAuthPath, nextAuthOptions } from "@/lib/next-auth";
import { pageHeaders } from "@/lib/page-headers";

/** next-auth's few paths. All others are Django's, as they would be if this file weren't here. */
async function handler(request: NextRequest, context: RouteContext<"/api/auth/[...nextauth]">): Promise<Response> {
  if (!isNextAuthPath(sentPathOf(request))) return django(request);
  const answer = (await NextAuth(request, context, nextAuthOptions())) as Response;
  const headers = { ...pageHeaders, "Cache-Control": "private, no-store" };
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

export { handler as GET, handler as POST };
export { DELETE, HEAD, OPTIONS, PATCH, PUT } from "@/app/api/[...path]/route";
