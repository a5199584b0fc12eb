import { effect } from '@preact/signals-core';

import { openPreferences } from './state/preferences';

import './elements/app';

const preferences = openPreferences(localStorage);

effect(() => {
  document.documentElement.dataset.theme = preferences.theme.value;
});

const app = document.querySelector('ds-app');
if (app !== null) app.preferences = preferences;
