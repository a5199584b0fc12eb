import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import { problemFrom, type Problem } from '../rest/problem';
import type { SessionDoor } from '../session/session-door';
import { formStyles } from '../styles/form';
import { controls, tokens } from '../styles/tokens';
import { fieldLine, filledIn, formProblem, type Field } from './form-field';
import { Patience } from './patience';

const EMAIL: Field = {
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
};
const PASSWORD: Field = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
};
const NEW_PASSWORD: Field = {
  ...PASSWORD,
  autocomplete: 'new-password',
  hint: '8 to 72 characters; letters beyond ASCII count more than once.',
};
const NAME: Field = {
  name: 'name',
  label: 'Name (optional)',
  type: 'text',
  autocomplete: 'name',
  optional: true,
};

/** What the form is for, in words. */
const PURPOSES = {
  'sign-in': {
    heading: 'Sign in',
    fields: [EMAIL, PASSWORD],
    other: 'Create an account',
  },
  register: {
    heading: 'Create an account',
    fields: [EMAIL, NAME, NEW_PASSWORD],
    other: 'I have an account',
  },
} as const;

/** Where somebody signs in or registers. Fires `ds-signed-in` once that has worked. */
@customElement('ds-sign-in')
export class SignIn extends LitElement {
  static override styles = [
    tokens,
    controls,
    formStyles,
    css`
      :host {
        display: grid;
        place-items: center;
        padding: 24px 16px;
        background: var(--surface);
        color: var(--text);
      }

      section {
        display: grid;
        gap: 16px;
        width: min(360px, 100%);
      }

      h2 {
        margin: 0;
        font-size: 18px;
      }

      .why {
        margin: -8px 0 0;
        color: var(--muted);
        font-size: 13px;
        line-height: 1.5;
      }

      .plain {
        justify-self: start;
      }
    `,
  ];

  /** What to sign in to. */
  @property({ attribute: false }) door!: SessionDoor;

  /** Why somebody is asked to. */
  @property() why = '';

  @query('form') private readonly form!: HTMLFormElement;
  @query('input') private readonly first!: HTMLInputElement;

  @state() private purpose: keyof typeof PURPOSES = 'sign-in';
  @state() private problem: Problem | undefined;
  @state() private isBusy = false;

  readonly #patience = new Patience(this);

  /** Brings the keyboard to the first field. */
  override focus(): void {
    void this.updateComplete.then(() => {
      this.first.focus();
    });
  }

  protected override render(): TemplateResult {
    const { heading, fields, other } = PURPOSES[this.purpose];
    const { seconds } = this.#patience;
    return html`
      <section aria-labelledby="heading">
        <h2 id="heading">${heading}</h2>
        ${this.why === '' ? nothing : html`<p class="why">${this.why}</p>`}
        <form @submit=${this.#onSubmit}>
          ${repeat(
            fields,
            ({ name }) => name,
            (field) => fieldLine(field, this.problem),
          )}
          ${formProblem(this.problem)}
          <button class="control primary" ?disabled=${this.isBusy || seconds > 0}>
            ${seconds > 0 ? `Wait ${seconds} s` : heading}
          </button>
        </form>
        <button class="plain" @click=${this.#onOther}>${other}</button>
      </section>
    `;
  }

  protected override firstUpdated(): void {
    // Whoever is busy elsewhere on the page is not interrupted.
    if (document.activeElement === document.body) this.focus();
  }

  readonly #onOther = (): void => {
    this.purpose = this.purpose === 'sign-in' ? 'register' : 'sign-in';
    this.problem = undefined;
    this.focus();
  };

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    void this.#send();
  };

  async #send(): Promise<void> {
    const { email = '', password = '', name = '' } = filledIn(this.form);
    this.isBusy = true;
    this.problem = undefined;
    try {
      const session = await this.door.open();
      if (this.purpose === 'register') await session.register({ email, password, name });
      else await session.signIn(email, password);
      this.dispatchEvent(new CustomEvent('ds-signed-in', { bubbles: true, composed: true }));
    } catch (thrown) {
      this.problem = problemFrom(thrown);
      this.#patience.wait(this.problem.retryAfter);
    } finally {
      this.isBusy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-sign-in': SignIn;
  }
}
