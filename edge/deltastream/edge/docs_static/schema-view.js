import { element, inline, prose } from './dom.js';

const BOUNDS = {
  minimum: '≥',
  exclusiveMinimum: '>',
  maximum: '≤',
  exclusiveMaximum: '<',
  minLength: 'at least',
  maxLength: 'at most',
  minItems: 'at least',
  maxItems: 'at most',
};
const UNITS = { Length: ' characters', Items: ' items' };

/** Draws JSON Schemas of one document. */
export class SchemaView {
  constructor(schemas) {
    this.schemas = schemas;
  }

  /** The name of what a schema is: "string", "EnrichedChain[]". */
  typeOf(schema) {
    if (schema.$ref) return nameOf(schema.$ref);
    if (schema.oneOf) return 'one of';
    if (schema.type === 'array') return `${this.typeOf(schema.items)}[]`;
    const types = [schema.type ?? 'any'].flat().join(' or ');
    return schema.format ? `${types} · ${schema.format}` : types;
  }

  /** What else a value must keep to, in words. */
  limitsOf(schema) {
    const inner = schema.type === 'array' ? this.limitsOf(schema.items) : [];
    const bounds = Object.entries(BOUNDS)
      .filter(([key]) => key in schema)
      .map(([key, sign]) => `${sign} ${schema[key]}${UNITS[key.slice(3)] ?? ''}`);
    if (schema.pattern) bounds.push(`matches ${schema.pattern}`);
    if (schema.enum) bounds.push(`one of ${schema.enum.join(', ')}`);
    if (schema.not?.enum) bounds.push(`not ${schema.not.enum.join(', ')}`);
    if (schema.uniqueItems) bounds.push('no two alike');
    return [...bounds, ...inner];
  }

  /** The properties of an object, each of which opens to those inside it. */
  tree(schema) {
    const target = this.resolved(schema.type === 'array' ? schema.items : schema);
    if (target.oneOf) return target.oneOf.map((choice) => this.tree(choice)).flat();
    if (!target.properties) return [element('p', {}, element('code', {}, this.typeOf(schema)))];
    const rows = Object.entries(target.properties).map(([name, property]) =>
      this.#row(name, property, target.required?.includes(name)),
    );
    return [element('ul', { class: 'fields' }, rows)];
  }

  resolved(schema) {
    return schema.$ref ? this.schemas[nameOf(schema.$ref)] : schema;
  }

  #row(name, schema, required) {
    const head = [
      element('code', { class: 'name' }, name),
      ' ',
      element('span', { class: 'type' }, this.typeOf(schema)),
      required ? element('span', { class: 'required' }, ' always') : undefined,
    ];
    const limits = this.limitsOf(schema);
    const body = [
      ...prose(schema.description),
      limits.length ? element('p', { class: 'limits' }, limits.join('; ')) : undefined,
    ];
    if (!this.#opens(schema)) return element('li', {}, head, body);
    const fold = element('details', {}, element('summary', {}, head));
    // Drawn when it is opened, because messages may contain each other.
    fold.addEventListener('toggle', () => fold.append(...this.#inside(schema)), { once: true });
    return element('li', {}, fold, body);
  }

  #opens(schema) {
    const target = this.resolved(schema.type === 'array' ? schema.items : schema);
    return Boolean(target.properties || target.oneOf || (schema.$ref && target.enum));
  }

  #inside(schema) {
    const target = this.resolved(schema.type === 'array' ? schema.items : schema);
    return target.enum ? prose(target.description) : this.tree(schema);
  }
}

/** The rows of an operation's parameters. */
export function parameterTable(parameters, view) {
  if (!parameters?.length) return [];
  const rows = parameters.map((parameter) =>
    element(
      'tr',
      {},
      element('td', {}, element('code', {}, parameter.name), element('small', {}, ` ${parameter.in}`)),
      element('td', {}, view.typeOf(parameter.schema)),
      element(
        'td',
        {},
        inline(parameter.description ?? ''),
        element('p', { class: 'limits' }, limitsOf(parameter.schema, view)),
      ),
    ),
  );
  return [element('h4', {}, 'Parameters'), element('table', {}, element('tbody', {}, rows))];
}

function limitsOf(schema, view) {
  const limits = view.limitsOf(schema);
  if (schema.$ref) limits.push(`one of ${view.resolved(schema).enum?.join(', ')}`);
  return limits.join('; ');
}

function nameOf(reference) {
  return reference.split('/').at(-1);
}
