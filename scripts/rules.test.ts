import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFile } from './rules.ts'

interface Example {
  readonly path?: string
  readonly text: string
  /** Part of the message, or undefined where the text is allowed. */
  readonly finding: RegExp | undefined
}

const examples: readonly Example[] = [
  { text: '// @ts-ignore\n', finding: /suppressed/ },
  { text: "test('a', { only: true }, () => {})\n", finding: /only this test/ },
  { text: 'class ContainerManager {}\n', finding: /says nothing/ },
  { text: "spawn('sh', [], { shell: true })\n", finding: /argument list/ },
  { path: 'helper/engine/container-manager.ts', text: '', finding: /file name/ },
  { path: 'helper/engine/string-utils.ts', text: '', finding: /file name/ },
  { path: 'test/support/helper.ts', text: '', finding: undefined },
  { path: 'helper/cli/start-helper.ts', text: '', finding: undefined },
  { path: 'helper/main.ts', text: '', finding: undefined },
  { text: 'database.exec(`create table a (b)`)\n', finding: undefined },
  { text: 'exec(`rm -r /tmp/a`)\n', finding: /argument list/ },
  { text: `${'a\n'.repeat(401)}`, finding: /401 lines/ },
  { text: 'a\n'.repeat(400), finding: undefined },
  { path: 'helper/engine/a.ts', text: "import koffi from 'koffi'\n", finding: /native code/ },
  { path: 'helper/linux/a.ts', text: "import koffi from 'koffi'\n", finding: undefined },
  { path: 'helper/linux/a.ts', text: "import { x } from '../container/x.ts'\n", finding: /not containers/ },
  { path: 'helper/linux/a.ts', text: "import { PockerError } from '../api/errors.ts'\n", finding: undefined },
  { path: 'helper/engine/a.ts', text: "import * as vscode from 'vscode'\n", finding: /without an editor/ },
  { path: 'helper/engine/a.ts', text: "import { x } from '../../src/x.ts'\n", finding: /without an editor/ },
  { path: 'helper/engine/a.ts', text: "import { x } from '../http/server.ts'\n", finding: /transport/ },
  { path: 'helper/engine/a.ts', text: "import type { Backend } from '../http/backend.ts'\n", finding: undefined },
  { path: 'helper/archive/unpack/a.ts', text: "import { x } from '../../image/images.ts'\n", finding: /nothing else in its process/ },
  { path: 'helper/archive/a.ts', text: "import { x } from '../container/seccomp/compile.ts'\n", finding: undefined },
  { path: 'helper/files/serve/a.ts', text: "import { x } from '../../engine/lock.ts'\n", finding: /not whose they are/ },
  { path: 'helper/files/serve/a.ts', text: "import { x } from '../../archive/confine.ts'\n", finding: undefined },
  { path: 'helper/http/routes/a.ts', text: "import { x } from '../../files/content-streams.ts'\n", finding: /asks a Backend/ },
  { path: 'helper/image/a.ts', text: "import { x } from '../engine/lock.ts'\n", finding: /images know nothing/ },
  { path: 'helper/http/routes/a.ts', text: "import { x } from '../../archive/process.ts'\n", finding: /asks a Backend/ },
  { path: 'helper/http/a.ts', text: "import {\n  x,\n  y,\n} from '../linux/x.ts'\n", finding: /Backend/ },
  { path: 'src/views/a.ts', text: "import { x } from '../../helper/engine/x.ts'\n", finding: /only helper\/api/ },
  { path: 'src/views/a.ts', text: "import { x } from '../../helper/api/x.ts'\n", finding: undefined },
  { path: 'helper/cli/a.ts', text: "import { x } from '../engine/x.ts'\n", finding: /starts fast/ },
  { path: 'helper/cli/a.ts', text: "import { schema } from '../api/container.ts'\n", finding: /starts fast/ },
  { path: 'helper/cli/a.ts', text: "import type { X } from '../api/container.ts'\n", finding: undefined },
  { path: 'helper/cli/a.ts', text: "const { main } = await import('../main.ts')\n", finding: undefined },
  { path: 'ssh/a.ts', text: "import * as vscode from 'vscode'\n", finding: /knows neither/ },
  { path: 'ssh/a.ts', text: "import { x } from '../helper/cli/x.ts'\n", finding: /knows neither/ },
  { path: 'ssh/a.ts', text: "import { PockerError } from '../helper/api/errors.ts'\n", finding: undefined },
  { path: 'src/hosts/a.ts', text: "import ssh2 from 'ssh2'\n", finding: /only ssh/ },
  { path: 'src/hosts/ssh/a.ts', text: "import { x } from '../../../ssh/remote.ts'\n", finding: /first reached/ },
  { path: 'src/hosts/ssh/a.ts', text: "const ssh = await import('../../../ssh/remote.ts')\n", finding: undefined },
  { text: 'export function f(): void {}\n', finding: /without a comment/ },
  { text: '/** Does it. */\nexport function f(): void {}\n', finding: undefined },
  { text: '/** Does it. */\nexport async function f(): Promise<void> {}\n', finding: undefined },
  { path: 'package-lock.json', text: '"resolved": "x"\n', finding: /one machine/ },
  { path: 'README.md', text: 'cd /somewhere/checkout/x\n', finding: /one machine/ },
]

for (const example of examples) {
  const path = example.path ?? 'helper/engine/sample.ts'
  test(`${path}: ${JSON.stringify(example.text.slice(0, 60))} is ${example.finding === undefined ? 'allowed' : 'refused'}`, () => {
    const findings = checkFile({ path, text: example.text }, { forbidden: ['/somewhere/checkout/'] })
    const messages = findings.map((finding) => finding.message).join('\n')
    if (example.finding === undefined) assert.equal(messages, '')
    else assert.match(messages, example.finding)
  })
}

test('a finding names its line', () => {
  const [finding] = checkFile({ path: 'helper/engine/sample.ts', text: "const a = 1\n\nimport koffi from 'koffi'\n" })
  assert.equal(finding?.line, 3)
})
