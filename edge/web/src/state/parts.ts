import { computed, signal, type ReadonlySignal } from '@preact/signals-core';

type Load = () => Promise<unknown>;

const missing = signal<readonly Load[]>([]);

/** Whether a part of the page that somebody wanted could not be fetched, and is not there yet. */
export const isPartMissing: ReadonlySignal<boolean> = computed(() => missing.value.length > 0);

/**
 * A part of the page, which is fetched when it is first wanted.
 *
 * The server may be away, or may have been updated and have the part no more: then there is none,
 * and the page says so. Always to be given the same function for the same part.
 */
export async function fetchPart<Part>(load: () => Promise<Part>): Promise<Part | undefined> {
  try {
    const part = await load();
    missing.value = missing.peek().filter((each) => each !== load);
    return part;
  } catch {
    if (!missing.peek().includes(load)) missing.value = [...missing.peek(), load];
    return undefined;
  }
}

/** Tries again what could not be fetched. */
export function fetchMissingParts(): void {
  for (const load of missing.peek()) void fetchPart(load);
}
