import { effect, signal, type Signal } from '@preact/signals-core';

export type Theme = 'dark' | 'light';

/** What this visitor likes, kept by the browser from visit to visit. */
export interface Preferences {
  readonly theme: Signal<Theme>;
  /** Whether single keys are commands; someone who dictates or fumbles may switch that off. */
  readonly shortcuts: Signal<boolean>;
}

const KEY = 'deltastream.preferences';

interface Stored {
  readonly theme?: unknown;
  readonly shortcuts?: unknown;
}

function read(storage: Storage): Stored {
  try {
    return (JSON.parse(storage.getItem(KEY) ?? '{}') ?? {}) as Stored;
  } catch {
    return {};
  }
}

function write(storage: Storage, value: Stored): void {
  try {
    storage.setItem(KEY, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs the memory of a preference, nothing else.
  }
}

/** Opens the preferences; every change is written back. */
export function openPreferences(storage: Storage): Preferences {
  const stored = read(storage);
  const theme = signal<Theme>(stored.theme === 'light' ? 'light' : 'dark');
  const shortcuts = signal(stored.shortcuts !== false);
  effect(() => {
    write(storage, { theme: theme.value, shortcuts: shortcuts.value });
  });
  return { theme, shortcuts };
}
