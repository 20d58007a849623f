/** Next calls this once, before it serves. */
export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { rememberTargets } = await import("./lib/target");
    rememberTargets();
  }
}
