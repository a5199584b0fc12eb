// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import { commandOf, type Command } from './shortcuts';

/** The command of a key that is pressed while this element has the keyboard. */
function pressed(init: KeyboardEventInit, origin: Element = document.body): Command | undefined {
  let command: Command | undefined;
  document.body.append(origin === document.body ? '' : origin);
  const listen = (event: Event): void => {
    command = commandOf(event as KeyboardEvent);
  };
  window.addEventListener('keydown', listen, { once: true });
  origin.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, composed: true, ...init }));
  return command;
}

describe('commandOf', () => {
  it.each([
    ['/', 'choose-product'],
    ['[', 'previous-expiry'],
    [']', 'next-expiry'],
    ['a', 'centre'],
    ['g', 'toggle-mode'],
    ['c', 'choose-columns'],
    ['p', 'pause'],
    ['?', 'help'],
    ['x', undefined],
  ])('takes the key %s for %s', (key, command) => {
    expect(pressed({ key })).toBe(command);
  });

  it.each(['ctrlKey', 'metaKey', 'altKey'])('leaves keys with %s to the browser', (modifier) => {
    expect(pressed({ key: 'a', [modifier]: true })).toBeUndefined();
  });

  it.each(['input', 'textarea', 'select'])('is silent while somebody types in a %s', (tag) => {
    expect(pressed({ key: 'a' }, document.createElement(tag))).toBeUndefined();
  });
});
