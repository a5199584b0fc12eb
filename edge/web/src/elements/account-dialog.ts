import { css, html, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

import type { User } from '../contract/types';
import { problemFrom, type Problem } from '../rest/problem';
import type { Session } from '../session/session';
import type { SessionDoor } from '../session/session-door';
import { dialogStyles } from '../styles/dialog';
import { formStyles } from '../styles/form';
import { controls, tokens } from '../styles/tokens';
import { closeBeside, closeDialog, dialogTitle } from './dialog-frame';
import { fieldLine, filledIn, formProblem, type Field } from './form-field';
import { Patience } from './patience';
import { SignalElement } from './signal-element';

import './sign-in';

const CURRENT: Field = {
  name: 'current_password',
  label: 'Current password',
  type: 'password',
  autocomplete: 'current-password',
};
const NEXT: Field = {
  name: 'new_password',
  label: 'New password',
  type: 'password',
  autocomplete: 'new-password',
  hint: 'All other sessions of the account end.',
};

/** Who is signed in, and what they can do about that; for a visitor, where to sign in. */
@customElement('ds-account-dialog')
export class AccountDialog extends SignalElement {
  static override styles = [
    tokens,
    controls,
    dialogStyles,
    formStyles,
    css`
      dialog {
        width: min(420px, calc(100vw - 32px));
      }

      ds-sign-in {
        padding: 8px 0 0;
      }

      .who {
        margin: 12px 0 16px;
        overflow-wrap: anywhere;
      }

      .who strong {
        display: block;
        font-size: 15px;
      }

      .who span {
        color: var(--muted);
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      details {
        margin-top: 18px;
        padding-top: 14px;
        border-top: 1px solid var(--line);
      }

      summary {
        color: var(--muted);
        cursor: pointer;
      }

      details form {
        margin-top: 12px;
      }

      .done {
        margin: 0;
        color: var(--up);
      }
    `,
  ];

  @property({ attribute: false }) door!: SessionDoor;

  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('ds-sign-in') private readonly signIn!: HTMLElement | null;

  @state() private problem: Problem | undefined;
  @state() private hasChanged = false;

  readonly #patience = new Patience(this);

  /** Opens the dialog. */
  show(): void {
    this.problem = undefined;
    this.hasChanged = false;
    if (!this.dialog.open) this.dialog.showModal();
    this.signIn?.focus();
  }

  protected override render(): TemplateResult {
    const { value } = this.door.state;
    const why = value.phase === 'ended' ? value.why : '';
    return html`
      <dialog aria-labelledby="title" @click=${closeBeside} @ds-signed-in=${closeDialog}>
        ${dialogTitle('Account')}
        ${
          value.phase === 'signed-in'
            ? this.#account(value.user)
            : html`<ds-sign-in .door=${this.door} .why=${why}></ds-sign-in>`
        }
      </dialog>
    `;
  }

  #account({ name, email, roles }: User): TemplateResult {
    const { seconds } = this.#patience;
    return html`
      <p class="who"><strong>${name}</strong>${email}<br /><span>${roles.join(', ')}</span></p>
      <div class="actions">
        <button class="control" @click=${this.#onSignOut}>Sign out</button>
        <button class="control" @click=${this.#onSignOutEverywhere}>Sign out everywhere</button>
      </div>
      <details>
        <summary>Change the password</summary>
        <form @submit=${this.#onPassword}>
          <input hidden autocomplete="username" .value=${email} />
          ${[CURRENT, NEXT].map((field) => fieldLine(field, this.problem))}
          ${formProblem(this.problem)}
          ${this.hasChanged ? html`<p class="done" role="status">The password is changed.</p>` : ''}
          <button class="control primary" ?disabled=${seconds > 0}>
            ${seconds > 0 ? `Wait ${seconds} s` : 'Change the password'}
          </button>
        </form>
      </details>
    `;
  }

  /** Does something with the session; says whether it worked. */
  async #do(action: (session: Session) => Promise<void>): Promise<boolean> {
    this.problem = undefined;
    try {
      await action(await this.door.open());
      return true;
    } catch (thrown) {
      this.problem = problemFrom(thrown);
      this.#patience.wait(this.problem.retryAfter);
      return false;
    }
  }

  readonly #onSignOut = (): void => {
    this.dialog.close();
    void this.#do((session) => session.signOut());
  };

  readonly #onSignOutEverywhere = (): void => {
    void this.#do((session) => session.signOutEverywhere()).then((isDone) => {
      if (isDone) this.dialog.close();
    });
  };

  readonly #onPassword = (event: Event): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { current_password: current = '', new_password: next = '' } = filledIn(form);
    void this.#do((session) => session.changePassword(current, next)).then((isDone) => {
      this.hasChanged = isDone;
      if (isDone) form.reset();
    });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-account-dialog': AccountDialog;
  }
}
