/** Where a volume's claim says for which `database.generation` it was made. */
export const generationAnnotation = "preview-stack/generation";

/** A StatefulSet as the cluster has it, as far as it says which of the preview's databases this is. */
export interface DatabaseStatefulSet {
  readonly spec: {
    readonly volumeClaimTemplates?: readonly {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
    }[];
  };
}

/** The setting `database.generation` that a living database was made for. The claim template is its only home. */
export function generationOf({ spec }: DatabaseStatefulSet): number {
  return Number(spec.volumeClaimTemplates?.[0]?.metadata?.annotations?.[generationAnnotation] ?? 1);
}
