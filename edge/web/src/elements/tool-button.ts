import { html, type TemplateResult } from 'lit';

/** A button of the top bar. */
export interface Tool {
  /** What is seen of it. */
  readonly sign: string;
  readonly name: string;
  readonly press: () => void;
  /** The key that does the same. */
  readonly key?: string;
  /** By which style sheets tell it from the others. */
  readonly style?: string;
}

export function toolButton({ sign, name, press, key, style = '' }: Tool): TemplateResult {
  return html`
    <button
      class="control ${style}"
      title=${key === undefined ? name : `${name}  ${key}`}
      aria-label=${name}
      @click=${press}
    >
      ${sign}
    </button>
  `;
}
