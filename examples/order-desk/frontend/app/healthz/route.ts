export const dynamic = "force-static";

/** Alive and ready. Says nothing about Django: neither may wait for the other to become ready. */
export function GET() {
  return new Response("ok\n", { headers: { "Content-Type": "text/plain" } });
}
