import { describe, expect, it } from 'vitest';

import { nameOf, readSession } from './stored-session';

const ORIGIN = 'http://edge.example';

function storageWith(text: string | null): Storage {
  return { getItem: (key: string) => (key === nameOf(ORIGIN) ? text : null) } as Storage;
}

describe('a stored session', () => {
  it('is read as it was kept', () => {
    const session = { refreshToken: 'r1', user: { id: '1' } };
    expect(readSession(storageWith(JSON.stringify(session)), ORIGIN)).toEqual(session);
  });

  it.each([null, '', '{', 'null', '[]', '{"refreshToken":7}', '{"refreshToken":"r1"}'])(
    'is none where the browser holds %j',
    (text) => {
      expect(readSession(storageWith(text), ORIGIN)).toBeUndefined();
    },
  );

  it('belongs to one server', () => {
    const session = JSON.stringify({ refreshToken: 'r1', user: {} });
    expect(readSession(storageWith(session), 'http://other.example')).toBeUndefined();
  });

  it('is none where storage is forbidden', () => {
    const forbidden = {
      getItem: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    } as unknown as Storage;
    expect(readSession(forbidden, ORIGIN)).toBeUndefined();
  });
});
