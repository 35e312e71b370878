import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/**
 * Leaves out of zod what writes JSON Schema: every schema refers to it, so that it is never dropped as unused, and nothing here calls it.
 * 19 KB of the extension. Whoever calls it all the same is told so.
 */
export const zodWithoutJsonSchema: Plugin = {
  name: 'zod-without-json-schema',
  setup(setup) {
    setup.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]core[/\\](json-schema-processors|to-json-schema)\.js$/ }, ({ path }) => {
      const names = readFileSync(path, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)
      const exports = [...names].map(([, name]) => `export const ${name} = leftOut`)
      return { contents: [`const leftOut = () => { throw new Error('zod is bundled without JSON Schema') }`, ...exports].join('\n') }
    })
  },
}
