import { html, type TemplateResult } from 'lit';

import { textOf, type FigureTable } from '../charts/table';

/** The figures behind a chart. Its first column says what a row is of. */
export function figureTable(table: FigureTable | undefined, heading: string): TemplateResult {
  const { columns = [], rows = [] } = table ?? {};
  return html`
    <div class="table" tabindex="0" role="region" aria-label="Table: ${heading}">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column.heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, at) => {
                  const text = textOf(cell, columns[at]);
                  return at === 0 ? html`<th scope="row">${text}</th>` : html`<td>${text}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
