import type { Signal } from '@preact/signals-core';
import { css, html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import { CHOICES, type Choice, type PreferenceName, type Preferences } from '../state/preferences';
import { dialogStyles } from '../styles/dialog';
import { controls, tokens } from '../styles/tokens';
import { closeBeside, dialogTitle } from './dialog-frame';
import { SignalElement } from './signal-element';

/** A preference in words: its name, what it is about, and the name of each choice. */
interface Wording {
  readonly legend: string;
  readonly about: string;
  readonly names: Readonly<Record<string, string>>;
}

type Worded<Name extends PreferenceName> = Wording & {
  readonly names: Readonly<Record<Choice<Name>, string>>;
};

const WORDINGS: { readonly [Name in PreferenceName]: Worded<Name> } = {
  theme: {
    legend: 'Theme',
    about: 'System follows what your computer is set to.',
    names: { dark: 'Dark', light: 'Light', system: 'System' },
  },
  palette: {
    legend: 'Colours',
    about: 'Up and down have a mark and a sign in either.',
    names: { default: 'Green and red', 'colour-blind': 'Safe for colour blindness' },
  },
  unit: {
    legend: 'Open interest and volume in',
    about: 'Where the size of a contract is not known, they stay as the source counts them.',
    names: { source: 'As the source counts', contracts: 'Contracts', shares: 'Shares' },
  },
  grouping: {
    legend: 'Digits',
    about: 'By product: lakh and crore for rupee markets, thousands for the rest.',
    names: { product: 'By product', international: '1,234,567', indian: '12,34,567' },
  },
  density: {
    legend: 'Rows',
    about: 'Compact shows more strikes at once.',
    names: { comfortable: 'Comfortable', compact: 'Compact' },
  },
  keys: {
    legend: 'Single-key commands',
    about: 'Such as / for the search and g for the Greeks. Help lists them.',
    names: { on: 'On', off: 'Off' },
  },
};

/** What the reader can set. Each choice takes effect at once and is kept. */
@customElement('ds-settings')
export class SettingsDialog extends SignalElement {
  static override styles = [
    tokens,
    controls,
    dialogStyles,
    css`
      fieldset {
        margin: 18px 0 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        font-weight: 600;
      }

      .about {
        margin: 2px 0 8px;
        color: var(--muted);
        font-size: 12px;
      }

      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }

      label.control:has(:checked) {
        border-color: var(--accent);
        background: var(--raised);
        color: var(--text);
        font-weight: 600;
      }

      label.control:focus-within:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }

      input {
        margin: 0;
        accent-color: var(--accent);
      }

      input:focus-visible {
        outline: none;
      }
    `,
  ];

  @property({ attribute: false }) preferences!: Preferences;

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  /** Opens the dialog. */
  show(): void {
    if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog aria-labelledby="title" @click=${closeBeside}>
        ${dialogTitle('Settings')} ${this.#fieldset('theme')} ${this.#fieldset('palette')}
        ${this.#fieldset('unit')} ${this.#fieldset('grouping')} ${this.#fieldset('density')}
        ${this.#fieldset('keys')}
      </dialog>
    `;
  }

  #fieldset(name: PreferenceName): TemplateResult {
    const { legend, about, names }: Wording = WORDINGS[name];
    // One of the signals: what is written to it comes from its own choices.
    const preference = this.preferences[name] as Signal<string>;
    const choices: readonly string[] = CHOICES[name];
    return html`
      <fieldset aria-describedby="${name}-about">
        <legend>${legend}</legend>
        <p class="about" id="${name}-about">${about}</p>
        <div class="choices">
          ${choices.map(
            (choice) => html`
              <label class="control">
                <input
                  type="radio"
                  name=${name}
                  .checked=${preference.value === choice}
                  @change=${() => {
                    preference.value = choice;
                  }}
                />
                ${names[choice]}
              </label>
            `,
          )}
        </div>
      </fieldset>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-settings': SettingsDialog;
  }
}
