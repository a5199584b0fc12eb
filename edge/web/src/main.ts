import { effect } from '@preact/signals-core';

import { conventions } from './state/conventions';
import { followPreferences, openPreferences } from './state/preferences';

import './elements/app';

const preferences = openPreferences(localStorage);
followPreferences(preferences, localStorage);

effect(() => {
  const { theme, palette, density } = preferences;
  Object.assign(document.documentElement.dataset, {
    theme: theme.value,
    palette: palette.value,
    density: density.value,
  });
});

effect(() => {
  conventions.value = { grouping: preferences.grouping.value, unit: preferences.unit.value };
});

const app = document.querySelector('ds-app');
if (app !== null) app.preferences = preferences;
