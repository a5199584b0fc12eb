import { entryOf } from '../screens/directory';
import { fetchPart } from '../state/parts';
import type { Screen } from '../state/place';

/** What a screen is told. */
export interface ScreenOptions {
  readonly server: string;
  readonly product: string;
  readonly expiry: string;
  readonly mode: string;
}

/** A screen as the dashboard sees it; not each of them understands each command. */
export interface ScreenElement extends HTMLElement {
  moveExpiry?: (step: number) => void;
  centre?: () => void;
  toggleMode?: () => void;
  chooseColumns?: () => void;
  togglePause?: () => void;
}

/** Holds the screen that is shown until another is, so that it keeps what it has drawn. */
export class ScreenStage {
  #screen: ScreenElement | undefined;

  get screen(): ScreenElement | undefined {
    return this.#screen;
  }

  /** The screen of this name, told what to show. It is drawn as soon as it has been fetched. */
  show(name: Screen, options: ScreenOptions): ScreenElement {
    const { tag, load } = entryOf(name);
    let screen = this.#screen;
    if (screen?.localName !== tag) {
      screen = document.createElement(tag);
      this.#screen = screen;
      void fetchPart(load);
    }
    return Object.assign(screen, options);
  }
}
