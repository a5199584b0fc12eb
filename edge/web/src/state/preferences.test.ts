import { describe, expect, it } from 'vitest';

import { openPreferences } from './preferences';

function storageWith(...entries: readonly (readonly [string, string])[]): Storage {
  const values = new Map(entries);
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  } as Storage;
}

describe('preferences', () => {
  it('are a dark page with shortcuts for a first visitor', () => {
    const { theme, shortcuts } = openPreferences(storageWith());
    expect([theme.value, shortcuts.value]).toEqual(['dark', true]);
  });

  it('are there again at the next visit', () => {
    const storage = storageWith();
    const first = openPreferences(storage);
    first.theme.value = 'light';
    first.shortcuts.value = false;
    const second = openPreferences(storage);
    expect([second.theme.value, second.shortcuts.value]).toEqual(['light', false]);
  });

  it.each(['{', 'null', '[]', '{"theme":"pink"}'])('survive a storage that holds %s', (text) => {
    const { theme } = openPreferences(storageWith(['deltastream.preferences', text]));
    expect(theme.value).toBe('dark');
  });

  it('work without a storage that can be written', () => {
    const full = storageWith();
    full.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const { theme } = openPreferences(full);
    theme.value = 'light';
    expect(theme.value).toBe('light');
  });
});
