import { element } from './dom.js';

const SHOWN_CHARACTERS = 100_000;

/** A form that sends the operation and shows what comes back. */
export function tryIt(method, path, operation, view) {
  const inputs = (operation.parameters ?? [])
    .filter((parameter) => parameter.in !== 'header')
    .map((parameter) => [parameter, inputFor(parameter, view)]);
  const body = operation.requestBody ? element('textarea', { rows: 6, spellcheck: 'false' }, '{}') : undefined;
  const output = element('pre', { class: 'answer', tabindex: '0', hidden: true });
  const send = element('button', { type: 'submit' }, 'Send');
  const stop = element('button', { type: 'button', hidden: true }, 'Stop');
  const form = element(
    'form',
    {},
    inputs.map(([parameter, input]) => element('label', {}, `${parameter.name} `, input)),
    body ? element('label', {}, 'body ', body) : undefined,
    element('p', {}, send, ' ', stop),
    output,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const abort = new AbortController();
    stop.onclick = () => abort.abort();
    stop.hidden = false;
    output.hidden = false;
    output.textContent = '…';
    try {
      await exchange(request(method, path, inputs, body, abort.signal), output);
    } catch (error) {
      output.textContent += abort.signal.aborted ? '\n(stopped)' : `\n${error.message}`;
    } finally {
      stop.hidden = true;
    }
  });
  return element('details', { class: 'try' }, element('summary', {}, 'Try it'), form);
}

function inputFor(parameter, view) {
  const choices = view.resolved(parameter.schema).enum;
  if (choices) {
    return element('select', {}, ['', ...choices].map((choice) => element('option', {}, String(choice))));
  }
  const example = parameter.schema.examples?.[0] ?? '';
  return element('input', {
    required: parameter.required,
    value: parameter.required ? example : undefined,
    placeholder: parameter.schema.type === 'array' ? 'several, separated by commas' : example,
  });
}

function request(method, path, inputs, body, signal) {
  const query = new URLSearchParams();
  let target = path;
  for (const [parameter, input] of inputs) {
    if (input.value === '') continue;
    if (parameter.in === 'path') {
      target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (parameter.schema.type === 'array') {
      for (const item of input.value.split(',')) query.append(parameter.name, item.trim());
    } else {
      query.append(parameter.name, input.value);
    }
  }
  const token = document.getElementById('token').value;
  const text = query.toString();
  return new Request(text ? `${target}?${text}` : target, {
    method: method.toUpperCase(),
    body: body?.value,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    signal,
  });
}

async function exchange(asked, output) {
  const response = await fetch(asked);
  output.textContent = `${asked.method} ${asked.url}\n${response.status} ${response.statusText}\n\n`;
  if (response.headers.get('content-type')?.startsWith('application/json')) {
    output.textContent += JSON.stringify(await response.json(), null, 2);
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    // The newest of a stream that never ends.
    output.textContent = (output.textContent + part.value).slice(-SHOWN_CHARACTERS);
    output.scrollTop = output.scrollHeight;
  }
}
