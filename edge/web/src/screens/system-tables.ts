/** The tables of the system screen. */
import { html, type TemplateResult } from 'lit';

import type { DeadLetter, EnrichmentStatus, FeedStatus } from '../contract/types';
import { MISSING } from '../format/absent';
import { age, milliseconds } from '../format/durations';
import { type ProductFormat, productFormat } from '../format/product-format';
import { percentilesOf, STRETCHES, type Journey, type Stretch } from '../state/latency';
import { sessionWord } from './system-lines';

const STRETCH_NAMES: Readonly<Record<Stretch, readonly [string, string]>> = {
  enrichment: ['Enrichment', 'published by the feed → enriched'],
  delivery: ['Delivery', 'enriched → received by this page'],
  page: ['Page', 'received → drawn'],
  whole: ['Whole way', 'published → drawn'],
};

/** How long chains were under way, a row a stretch. */
export function latencyPercentiles(journeys: readonly Journey[]): TemplateResult {
  return html`
    <div class="table" tabindex="0" role="region" aria-label="Percentiles of the time under way">
      <table>
        <thead>
          <tr>
            <th scope="col">Stretch</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          ${STRETCHES.map((stretch) => {
            const [name, about] = STRETCH_NAMES[stretch];
            const { p50, p95, p99 } = percentilesOf(journeys, stretch) ?? {};
            return html`<tr class=${stretch}>
              <th scope="row">${name} <small>${about}</small></th>
              ${[p50, p95, p99].map((value) => html`<td>${milliseconds(value)}</td>`)}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  `;
}

/** The products, with how old their newest event is and how far enrichment has come. */
export function productTable(
  { products }: FeedStatus,
  enrichment: EnrichmentStatus | undefined,
): TemplateResult {
  const enriched = new Map(enrichment?.products.map((each) => [each.product, each]));
  return html`
    <div class="table" tabindex="0" role="region" aria-label="Products">
      <table>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Market</th>
            <th scope="col">Age</th>
            <th scope="col">Last event</th>
            <th scope="col">Ticks</th>
            <th scope="col">Chains</th>
            <th scope="col" title="Entries of the bus that are not enriched and stored yet">
              Unfinished
            </th>
            <th scope="col">Enriched by</th>
          </tr>
        </thead>
        <tbody>
          ${products.map((status) => productRow(status, enriched.get(status.product?.symbol ?? '')))}
        </tbody>
      </table>
    </div>
  `;
}

function productRow(
  status: FeedStatus['products'][number],
  enriched: EnrichmentStatus['products'][number] | undefined,
): TemplateResult {
  const { product, session, last_event_at: last, ticks, chains } = status;
  const format = productFormat(product ?? undefined);
  return html`<tr>
    <th scope="row">${product?.symbol ?? MISSING}</th>
    <td>${sessionWord(session)}</td>
    <td>${age(status.age == null ? undefined : parseFloat(status.age) * 1000)}</td>
    <td>${format.time(Date.parse(last ?? ''))}</td>
    <td>${count(ticks, format)}</td>
    <td>${count(chains, format)}</td>
    <td>${enriched === undefined ? MISSING : count(enriched.unfinished, format)}</td>
    <td>${replicaName(enriched?.replica)}</td>
  </tr>`;
}

/** A replica, or a dash while none has the product. */
function replicaName(replica = ''): string {
  return replica === '' ? MISSING : replica;
}

/** A count of events, which no unit of open interest concerns. */
function count(value: string, { locale }: ProductFormat): string {
  return Number(value).toLocaleString(locale);
}

/** What was given up, and why. */
export function deadLetterTable(
  letters: readonly DeadLetter[],
  format: ProductFormat,
): TemplateResult {
  return html`
    <div class="table" tabindex="0" role="region" aria-label="Dead letters">
      <table class="letters">
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Product</th>
            <th scope="col">Given up</th>
            <th scope="col">Tries</th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          ${letters.map(
            (letter) =>
              html`<tr>
                <th scope="row">${letter.id}</th>
                <td>${letter.product}</td>
                <td>${format.moment(Date.parse(letter.failed_at ?? ''))}</td>
                <td>${letter.deliveries}</td>
                <td class="error">${letter.error}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
