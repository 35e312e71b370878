import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/**
 * Reads `import { z } from 'zod'` as `import * as z from 'zod'`: the same to the program, but esbuild drops the unused members of a namespace
 * only where it is imported as one. A bundle with a few schemas is 106 KB instead of 462, of which 264 are texts in forty languages.
 */
export const zodNamespace: Plugin = {
  name: 'zod-namespace',
  setup(setup) {
    setup.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^import \{ z \} from 'zod'/m, "import * as z from 'zod'"),
      loader: 'ts',
    }))
  },
}
