/** Draws /api/openapi.json. */
import { element, inline, prose } from './dom.js';
import { parameterTable, SchemaView } from './schema-view.js';
import { tryIt } from './try-it.js';

function operationsOf(api) {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: resolved(api, operation) })),
  );
}

/** An operation with its shared parameters in place. */
function resolved(api, operation) {
  const parameters = operation.parameters?.map(({ $ref, ...own }) =>
    $ref ? api.components.parameters[$ref.split('/').at(-1)] : own,
  );
  return { ...operation, parameters };
}

function signature({ method, path }) {
  return [element('span', { class: `method ${method}` }, method.toUpperCase()), ' ', element('code', {}, path)];
}

function answer(operation, view) {
  return Object.entries(operation.responses['200'].content).map(([type, { schema }]) =>
    element(
      'details',
      {},
      element('summary', {}, element('code', {}, type), ' ', element('span', { class: 'type' }, view.typeOf(schema))),
      prose(schema.description),
      view.tree(schema),
    ),
  );
}

function failures(api, operation, view) {
  const entries = Object.entries(operation.responses)
    .filter(([status]) => status >= '400')
    .map(([status, { $ref }]) => [status, api.components.responses[$ref.split('/').at(-1)]]);
  return element(
    'details',
    {},
    element('summary', {}, `Failures: ${entries.map(([status]) => status).join(', ')}`),
    element(
      'ul',
      { class: 'fields' },
      entries.map(([status, response]) =>
        element('li', {}, element('code', {}, status), ' ', inline(response.description)),
      ),
    ),
    element('p', {}, 'The body of each is a Status:'),
    view.tree({ $ref: '#/components/schemas/Status' }),
  );
}

function requestBody(operation, view) {
  const schema = operation.requestBody?.content['application/json'].schema;
  return schema ? [element('h4', {}, 'Body'), view.tree(schema)].flat() : [];
}

function section(api, entry, view) {
  const { path, method, operation } = entry;
  return element(
    'article',
    { id: operation.operationId },
    element('h3', {}, signature(entry)),
    prose(operation.description),
    parameterTable(operation.parameters, view),
    requestBody(operation, view),
    tryIt(method, path, operation, view),
    element('h4', {}, 'Answer'),
    answer(operation, view),
    failures(api, operation, view),
  );
}

function draw(api) {
  const view = new SchemaView(api.components.schemas);
  const entries = operationsOf(api);
  const groups = api.tags.map((tag) => [tag, entries.filter(({ operation }) => operation.tags.includes(tag.name))]);
  document.getElementById('index').replaceChildren(
    ...groups.map(([tag, members]) =>
      element(
        'section',
        {},
        element('h2', {}, tag.name),
        members.map((entry) => element('a', { href: `#${entry.operation.operationId}` }, signature(entry))),
      ),
    ),
  );
  document.getElementById('operations').replaceChildren(
    ...prose(api.info.description),
    ...groups.map(([tag, members]) =>
      element(
        'section',
        {},
        element('h2', {}, tag.name),
        prose(tag.description),
        members.map((entry) => section(api, entry, view)),
      ),
    ),
  );
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

try {
  const response = await fetch('/api/openapi.json');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  draw(await response.json());
} catch (error) {
  document.getElementById('operations').replaceChildren(
    element('p', { role: 'alert' }, `The document cannot be shown: ${error.message}`),
  );
}
