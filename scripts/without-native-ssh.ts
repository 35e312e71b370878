import type { Plugin } from 'esbuild'

/**
 * ssh2 has parts in C++ that it does without where they are not built: they would have to be built for each editor, and Node's own ciphers
 * are as fast.
 */
export const withoutNativeSsh: Plugin = {
  name: 'without-native-ssh',
  setup(setup) {
    setup.onResolve({ filter: /^cpu-features$|sshcrypto\.node$/ }, ({ path }) => ({ path, namespace: 'left-out' }))
    setup.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: `throw new Error('left out')`, loader: 'js' }))
  },
}
