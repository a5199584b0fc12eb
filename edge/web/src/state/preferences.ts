import { effect, signal, type Signal } from '@preact/signals-core';

/** The choices of a preference, the one of a first visitor first. */
export const CHOICES = {
  /** Light on dark, dark on light, or what the operating system says. */
  theme: ['dark', 'light', 'system'],
  /** Which colours tell up from down and calls from puts. */
  palette: ['default', 'colour-blind'],
  /** What open interest and volume are counted in. */
  unit: ['source', 'contracts', 'shares'],
  /** How digits are grouped: as the product's currency is, by thousands, by lakh and crore. */
  grouping: ['product', 'international', 'indian'],
  /** How tall rows are. */
  density: ['comfortable', 'compact'],
  /** Whether single keys are commands; someone who dictates or fumbles may switch that off. */
  keys: ['on', 'off'],
} as const;

/** The name of a preference. */
export type PreferenceName = keyof typeof CHOICES;

/** What can be chosen of a preference. */
export type Choice<Name extends PreferenceName> = (typeof CHOICES)[Name][number];

/** What this visitor likes, kept by the browser from visit to visit. */
export type Preferences = {
  readonly [Name in PreferenceName]: Signal<Choice<Name>>;
};

const KEY = 'deltastream.preferences';

type Stored = Readonly<Partial<Record<string, unknown>>>;

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

function choiceOf<Name extends PreferenceName>(name: Name, stored: unknown): Choice<Name> {
  const choices: readonly Choice<Name>[] = CHOICES[name];
  return choices.find((choice) => choice === stored) ?? CHOICES[name][0];
}

/** Opens the preferences; every change is written back. */
export function openPreferences(storage: Storage): Preferences {
  const stored = read(storage);
  const open = <Name extends PreferenceName>(name: Name): Signal<Choice<Name>> =>
    signal(choiceOf(name, stored[name]));
  const preferences: Preferences = {
    theme: open('theme'),
    palette: open('palette'),
    unit: open('unit'),
    grouping: open('grouping'),
    density: open('density'),
    keys: open('keys'),
  };
  effect(() => {
    const chosen = entriesOf(preferences).map(([name, { value }]) => [name, value] as const);
    write(storage, Object.fromEntries(chosen));
  });
  return preferences;
}

/** Follows what other tabs choose, until the returned function is called. */
export function followPreferences(preferences: Preferences, storage: Storage): () => void {
  const onStorage = ({ key }: StorageEvent): void => {
    if (key !== KEY) return;
    const stored = read(storage);
    for (const [name, preference] of entriesOf(preferences)) {
      preference.value = choiceOf(name, stored[name]);
    }
  };
  window.addEventListener('storage', onStorage);
  return () => {
    window.removeEventListener('storage', onStorage);
  };
}

function entriesOf(preferences: Preferences): [PreferenceName, Signal<string>][] {
  return Object.entries(preferences) as [PreferenceName, Signal<string>][];
}
