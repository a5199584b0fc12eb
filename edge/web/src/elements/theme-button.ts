import type { TemplateResult } from 'lit';

import type { Preferences } from '../state/preferences';
import { toolButton } from './tool-button';

const PREFERS_DARK = '(prefers-color-scheme: dark)';

/** The button that switches to the theme which is not shown. */
export function themeButton({ theme }: Pick<Preferences, 'theme'>): TemplateResult {
  const isDark =
    theme.value === 'system' ? matchMedia(PREFERS_DARK).matches : theme.value === 'dark';
  const other = isDark ? 'light' : 'dark';
  return toolButton({
    sign: other === 'light' ? '☀' : '☾',
    name: `Switch to the ${other} theme`,
    style: 'theme',
    press: () => {
      theme.value = other;
    },
  });
}
