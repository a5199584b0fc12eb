/** Makes an element. Texts become text nodes, so nothing of the document is ever taken for HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return made;
}

/** A comment of the contract as elements: paragraphs, lists, `code`. */
export function prose(text = '') {
  return text
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== '')
    .map((block) =>
      block.startsWith('- ')
        ? element('ul', {}, block.split(/\n(?=- )/).map((item) => element('li', {}, inline(item.slice(2)))))
        : element('p', {}, inline(block)),
    );
}

/** One run of text, in which `backticks` mark code. */
export function inline(text) {
  return text.split('`').map((part, index) => (index % 2 ? element('code', {}, part) : part));
}
