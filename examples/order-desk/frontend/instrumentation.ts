/** Next calls this once, before it serves. */
export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { rememberExchanges } = await import("./lib/exchange");
    rememberExchanges();
  }
}
