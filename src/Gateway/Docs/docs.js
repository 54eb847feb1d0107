'use strict';

// Renders the OpenAPI document for reading. Text goes in as text only, never as HTML.

const methods = ['get', 'post', 'put', 'patch', 'delete'];

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

function resolver(api) {
  return function resolve(node) {
    let seen = 0;
    while (node && node.$ref && seen++ < 20) {
      node = node.$ref.split('/').slice(1)
        .reduce((at, step) => at?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')], api);
    }
    return node ?? {};
  };
}

function typeText(schema, resolve) {
  const it = resolve(schema);
  const choices = it.oneOf ?? it.anyOf;
  if (choices) {
    return choices.filter(choice => resolve(choice).type !== 'null').map(choice => typeText(choice, resolve)).join(' or ');
  }
  if (it.enum) {
    return it.enum.map(value => JSON.stringify(value)).join(' | ');
  }
  const types = [it.type ?? 'any'].flat().filter(type => type !== 'null');
  const name = types.includes('array') ? `list of ${typeText(it.items ?? {}, resolve)}` : types.join(' or ');
  return it.format ? `${name} (${it.format})` : name;
}

// Values that make an example worth trying where the document has none.
const hints = { currency: 'EUR', method: 'wallet', userId: 'user-1', status: 'completed' };

function example(schema, resolve, depth = 0, name = '') {
  const it = resolve(schema);
  if (it.example !== undefined || it.examples?.length) {
    return it.example ?? it.examples[0];
  }
  if (it.default !== undefined && it.default !== null) {
    return it.default;
  }
  if (it.enum) {
    return it.enum[0];
  }
  const choice = (it.oneOf ?? it.anyOf ?? it.allOf)?.find(one => resolve(one).type !== 'null');
  if (choice && depth < 6) {
    return example(choice, resolve, depth + 1, name);
  }
  const type = [it.type].flat().find(one => one !== 'null');
  if (type === 'object' || it.properties) {
    const entries = depth < 6 ? Object.entries(it.properties ?? {}) : [];
    return Object.fromEntries(entries.map(([key, property]) => [key, example(property, resolve, depth + 1, key)]));
  }
  if (type === 'array') {
    return depth < 6 ? [example(it.items ?? {}, resolve, depth + 1)] : [];
  }
  const id = '0198c0de-7a11-7000-8000-000000000001';
  const formats = { uuid: id, 'date-time': '2026-01-31T12:00:00Z' };
  const text = formats[it.format] ?? hints[name] ?? (name.endsWith('Id') ? id : 'string');
  return { integer: 2500, number: 1, boolean: true, string: text }[type] ?? null;
}

function rows(entries) {
  return el('table', {}, el('tbody', {}, ...entries.map(([name, required, type, text]) => el('tr', {},
    el('th', { scope: 'row' }, name, required ? el('span', { class: 'required', title: 'needed' }, ' *') : null),
    el('td', { class: 'type' }, type),
    el('td', {}, text ?? '')))));
}

function properties(schema, resolve) {
  const it = resolve(schema);
  return rows(Object.entries(it.properties ?? {}).map(([name, property]) =>
    [name, (it.required ?? []).includes(name), typeText(property, resolve), property.description ?? resolve(property).description]));
}

function curl(method, path, operation, body) {
  const lines = [`curl ${location.origin}${path}`, `-H 'X-Api-Key: dev-key'`];
  if (method !== 'get') {
    lines[0] = `curl -X ${method.toUpperCase()} ${location.origin}${path}`;
    lines.push(`-H 'Idempotency-Key: choose-one'`);
  }
  if (body !== undefined) {
    lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(' \\\n  ');
}

function section(title, ...content) {
  return content.some(Boolean) ? [el('h3', {}, title), ...content] : [];
}

function article(id, method, path, operation, shared, resolve) {
  const parameters = [...shared, ...(operation.parameters ?? [])].map(resolve);
  const content = resolve(operation.requestBody ?? {}).content?.['application/json'];
  const body = content ? (content.example ?? example(content.schema ?? {}, resolve)) : undefined;
  const answers = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const it = resolve(response);
    const schema = Object.values(it.content ?? {})[0]?.schema;
    const name = schema?.$ref?.split('/').pop() ?? (schema ? typeText(schema, resolve) : '');
    return [status === 'default' ? 'error' : status, false, name, it.description];
  });
  const good = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith('2'))?.[1];
  const answer = Object.values(resolve(good ?? {}).content ?? {})[0]?.schema;
  return el('article', { id },
    el('h2', {}, el('span', { class: `method ${method}` }, method.toUpperCase()), ' ', path),
    operation.summary || operation.description ? el('p', {}, [operation.summary, operation.description].filter(Boolean).join(' ')) : null,
    ...section('Parameters', parameters.length ? rows(parameters.map(p =>
      [p.name, p.required, `${p.in}, ${typeText(p.schema ?? {}, resolve)}`, p.description])) : null),
    ...section('Body', content ? properties(content.schema ?? {}, resolve) : null),
    ...section('Try', el('pre', { tabindex: '0' }, curl(method, path, operation, body))),
    ...section('Answers', answers.length ? rows(answers) : null),
    ...section('Example', answer ? el('pre', { tabindex: '0' }, JSON.stringify(example(answer, resolve), null, 2)) : null));
}

async function show() {
  const about = document.getElementById('about');
  const response = await fetch('/openapi/v1.json');
  if (!response.ok) {
    about.textContent = 'The services have not answered yet; this page tries again in a few seconds.';
    setTimeout(show, 3000);
    return;
  }
  const api = await response.json();
  const resolve = resolver(api);
  about.textContent = `${api.info.description ?? ''} `
    + 'Send your key in X-Api-Key; every POST needs an Idempotency-Key; errors are problem details.';
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths ?? {})) {
    for (const method of methods.filter(one => item[one])) {
      const group = path.split('/')[2] ?? 'other';
      groups.set(group, [...(groups.get(group) ?? []), { path, method, operation: item[method], shared: item.parameters ?? [] }]);
    }
  }
  for (const [group, operations] of groups) {
    document.getElementById('contents').append(el('h2', {}, group));
    for (const { path, method, operation, shared } of operations) {
      const id = `${method}${path}`.replaceAll(/[^a-z0-9]+/gi, '-');
      const badge = el('span', { class: `method ${method}` }, method.toUpperCase());
      document.getElementById('contents').append(el('a', { href: `#${id}` }, badge, ` ${path}`));
      document.getElementById('operations').append(article(id, method, path, operation, shared, resolve));
    }
  }
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

show();
