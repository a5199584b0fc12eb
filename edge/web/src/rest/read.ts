/** Reads of the edge, typed by the OpenAPI document: a path, what fills it, and its query. */
import type { paths } from '../contract/schema';

interface JsonRead {
  readonly get: {
    readonly parameters: { readonly path?: unknown; readonly query?: unknown };
    readonly responses: { 200: { content: { 'application/json': unknown } } };
  };
}

/** A path that answers a GET with JSON. */
export type ReadPath = {
  [Path in keyof paths]: paths[Path] extends JsonRead ? Path : never;
}[keyof paths];

type Get<Path extends ReadPath> = paths[Path] extends JsonRead ? paths[Path]['get'] : never;

/** What a path answers. */
export type Answer<Path extends ReadPath> =
  Get<Path>['responses'][200]['content']['application/json'];

type Filling<Path extends ReadPath> = Get<Path>['parameters'] extends {
  readonly path: infer Variables;
}
  ? { readonly variables: Variables }
  : { readonly variables?: never };

/** One read: `{ path: '/api/analytics/max-pain/{product}', variables: { product: 'NIFTY' } }`. */
export type Read<Path extends ReadPath> = Filling<Path> & {
  readonly path: Path;
  readonly query?: NonNullable<Get<Path>['parameters']['query']>;
};

/** The address of a read, below the origin. Query members that are empty are left out. */
export function addressOf<Path extends ReadPath>(read: Read<Path>): string {
  const variables = (read.variables ?? {}) as Readonly<Record<string, unknown>>;
  const path = read.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(variables[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(read.query ?? {})) {
    for (const one of [value].flat() as (string | number | boolean)[]) {
      if (one !== '') query.append(name, String(one));
    }
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
