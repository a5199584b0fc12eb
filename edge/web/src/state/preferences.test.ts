import { describe, expect, it } from 'vitest';

import { CHOICES, openPreferences, type PreferenceName } from './preferences';

function storageWith(...entries: readonly (readonly [string, string])[]): Storage {
  const values = new Map(entries);
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  } as Storage;
}

const NAMES = Object.keys(CHOICES) as PreferenceName[];

describe('preferences', () => {
  it.each(NAMES)('begin with the first choice of %s', (name) => {
    expect(openPreferences(storageWith())[name].value).toBe(CHOICES[name][0]);
  });

  it.each(NAMES)('have each choice of %s again at the next visit', (name) => {
    for (const choice of CHOICES[name]) {
      const storage = storageWith();
      (openPreferences(storage)[name] as { value: string }).value = choice;
      expect(openPreferences(storage)[name].value).toBe(choice);
    }
  });

  it.each(['{', 'null', '[]', '{"theme":"pink","keys":true}'])(
    'survive a storage that holds %s',
    (text) => {
      const preferences = openPreferences(storageWith(['deltastream.preferences', text]));
      expect([preferences.theme.value, preferences.keys.value]).toEqual(['dark', 'on']);
    },
  );

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
