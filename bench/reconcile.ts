import { join } from "node:path";
import { kubectl } from "../test/engine/kubectl";
import { type Figure, figure, ratio, timed } from "./figures";
import { type ManyPreviews, type Sample, withManyPreviews } from "./many-previews";

const previews = 200;
const closed = 10;
const runs = 3;

/** Measures `preview reconcile` for 200 previews, and compares it with the two lists that it can't do without. */
export const reconcileFigures = (sample: Sample): Promise<Figure[]> =>
  withManyPreviews(previews, sample, async (many) => {
    const { github, numbers, run } = many;
    numbers.slice(-closed).forEach((number) => github.close(number));

    const reconciled: number[] = [];
    const listed: number[] = [];
    const shown: number[] = [];
    const requests: number[] = [];
    for (let turn = 0; turn < runs; turn++) {
      github.requests.length = 0;
      reconciled.push(await timed(() => plansClosings(many)));
      requests.push(github.requests.length);
      shown.push(await timed(() => showsAll(many)));
      listed.push(
        await timed(async () => {
          await run("pulumi", "stack", "ls", "--json");
          await kubectl("get", "namespaces", "-o", "json");
        }),
      );
    }
    const ours = `preview reconcile --dry-run of ${previews} stacks, ${closed} of them to be closed`;
    const lists = "pulumi stack ls, then kubectl get namespaces";
    return [
      figure(ours, "s", reconciled, 20),
      figure(lists, "s", listed),
      ratio(`${ours}, as a multiple of: ${lists}`, reconciled, listed),
      figure("its requests to the code host", "requests", requests, previews / 50 + closed),
      figure(`preview status of ${previews} previews`, "s", shown),
      ratio(`preview status of ${previews} previews, as a multiple of: ${lists}`, shown, listed),
    ];
  });

async function plansClosings({ reconciled }: ManyPreviews): Promise<void> {
  const closings = (await reconciled()).filter(({ action }) => action === "close").length;
  if (closings !== closed) {
    throw new Error(`the plan has ${closings} closings`);
  }
}

async function showsAll({ run }: ManyPreviews): Promise<void> {
  const { stdout } = await run(process.execPath, join(__dirname, "../bin/preview.mjs"), "status", "--json");
  const shown = (JSON.parse(stdout) as { previews: object[] }).previews.length;
  if (shown !== previews) {
    throw new Error(`status shows ${shown} previews`);
  }
}
