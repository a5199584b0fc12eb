import type { Place } from './state/place';

/**
 * The screens of the dashboard, each a chunk that is fetched when it is first shown.
 *
 * A screen that is added is one more line here and one more case in the app's template.
 */
const SCREENS: Readonly<Record<Place['screen'], () => Promise<unknown>>> = {
  chain: () => import('./elements/option-chain'),
};

/** Makes a screen's element known to the page. Asking again costs nothing. */
export async function loadScreen(screen: Place['screen']): Promise<void> {
  await SCREENS[screen]();
}
