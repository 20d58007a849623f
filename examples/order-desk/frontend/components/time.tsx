import { ago, exactly } from "@/lib/time";

export function Time({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={exactly(time)}>
      {ago(time, new Date())}
    </time>
  );
}
