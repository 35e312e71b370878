import type { Contributions } from './check-contributions.ts'

/** Members of package.json that people read. A name or a title in parts that are not ours, such as schemas, is not looked at. */
const spoken = /"(?:title|name|contents|label|description|markdownDescription|displayName|altText)": "(?!%)(?<text>[^"]*)"/g

/** What is written as it is: names. */
const names = new Set(['Pocker', 'pocker'])

/** Whether each text of package.json is in package.nls.json, and the other way round. */
export function checkTexts({ text, texts }: Pick<Contributions, 'text' | 'texts'>): string[] {
  const asked = new Set([...text.matchAll(/"%([^"%]+)%"/g)].map((match) => match[1] ?? ''))
  const written = [...text.matchAll(spoken)].map((match) => match.groups?.text ?? '').filter((found) => !names.has(found))
  return [
    ...[...asked].filter((key) => texts[key] === undefined).map((key) => `package.nls.json has no ${key}`),
    ...Object.keys(texts)
      .filter((key) => !asked.has(key))
      .map((key) => `package.nls.json has ${key}, which package.json does not use`),
    ...written.map((found) => `"${found}" is a text for people: put it into package.nls.json`),
  ]
}
