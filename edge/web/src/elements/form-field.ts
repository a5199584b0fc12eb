import { html, nothing, type TemplateResult } from 'lit';

import type { Problem } from '../rest/problem';
import { fieldSentence, signInSentence } from '../session/sign-in-problem';

/** One line of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  /** What a browser may fill in. */
  readonly autocomplete: AutoFill;
  readonly hint?: string;
  readonly optional?: boolean;
}

/** A field with its label, its hint, and what the server found wrong with it. */
export function fieldLine(field: Field, problem: Problem | undefined): TemplateResult {
  const { name, label, type, autocomplete, hint, optional = false } = field;
  const wrong = fieldSentence(problem, name);
  return html`
    <div class="field">
      <label for=${name}>${label}</label>
      <input
        id=${name}
        name=${name}
        type=${type}
        autocomplete=${autocomplete}
        ?required=${!optional}
        aria-invalid=${wrong === undefined ? nothing : 'true'}
        aria-describedby=${wrong === undefined && hint === undefined ? nothing : `${name}-note`}
      />
      ${noteLine(`${name}-note`, wrong, hint)}
    </div>
  `;
}

function noteLine(
  id: string,
  wrong: string | undefined,
  hint: string | undefined,
): TemplateResult | typeof nothing {
  if (wrong !== undefined) return html`<p id=${id} class="wrong">${wrong}</p>`;
  return hint === undefined ? nothing : html`<p id=${id} class="hint">${hint}</p>`;
}

/** Why a form was refused, with what names the request in the server's logs. */
export function formProblem(problem: Problem | undefined): TemplateResult | typeof nothing {
  if (problem === undefined) return nothing;
  const { requestId } = problem;
  return html`
    <p class="problem" role="alert">
      ${signInSentence(problem)}
      ${requestId === undefined ? nothing : html`<code>request ${requestId}</code>`}
    </p>
  `;
}

/** What somebody has filled in, by the names of the fields. */
export function filledIn(form: HTMLFormElement): Readonly<Record<string, string>> {
  const entries = [...new FormData(form)].map(([name, value]) => [name, value as string] as const);
  return Object.fromEntries(entries);
}
