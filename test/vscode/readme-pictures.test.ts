/** What README.md shows: `npm run pictures` runs this and puts the pictures into media/screenshots/. */
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { makeShop } from './support/shop.ts'
import { dockerOf, useHelper } from './support/use-helper.ts'

const VIEW = 'Containers'
const SHOP = ['--label', 'com.docker.compose.project=shop', '--label', 'com.docker.compose.service=']
/** As a program that serves pages writes it. */
const LOG = `i=0
while [ $i -lt 9 ]; do i=$((i+1)); printf '\\033[32mINFO\\033[0m  GET /products/%d \\033[36m200\\033[0m in %d ms\\n' $i $((i*3)); done
printf '\\033[33mWARN\\033[0m  no answer from db:5432, trying again\\n'
[ -e /tmp/once ] && exec sleep 100000
touch /tmp/once; exit 3`

const PROGRAM = `import { createServer } from 'node:http'
import { products } from './products.js'

const server = createServer((request, response) => {
  const id = Number(request.url?.split('/').at(-1))
  const product = products.get(id)
  response.writeHead(product === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(product ?? { error: 'no such product' }))
})

server.listen(8080)
`

const { skip, inEditor } = useHelper({
  settings: { 'workbench.colorTheme': 'Dark Modern', 'window.commandCenter': false, 'workbench.layoutControl.enabled': false },
  files: { 'package.json': '{ "name": "shop" }\n', 'src/shop.js': PROGRAM },
  prepare: async (helper) => {
    await makeShop(helper)
    const run = (name: string, ...words: string[]) =>
      dockerOf(helper, ['run', '-d', '--name', name, ...SHOP.with(-1, `com.docker.compose.service=${name}`), ...words])
    await run('api', '--restart', 'on-failure:1', 'host', 'sh', '-c', LOG)
    await run('db', '--health-cmd', 'true', '--health-interval', '1s', 'host', 'sleep', '100000')
    await run('worker', '-m', '16m', 'host', 'sh', '-c', 'dd if=/dev/zero of=/dev/null bs=64M')
    await dockerOf(helper, ['rm', '-f', 'bare', 'still'])
  },
})

test(
  'the side bar, and a terminal in a container',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Go to File...')
    await vscode.fill('shop.js')
    await vscode.choose('shop.js')
    await vscode.untilEditorText(/createServer/)
    await vscode.openSideBar('Pocker')
    await vscode.untilRow(VIEW, 'worker', ({ description }) => description.includes('out of memory'))
    await vscode.untilRow(VIEW, 'db', ({ icon }) => icon === 'pass-filled')
    await vscode.expand(VIEW, 'web')
    await vscode.expand('Images', 'shop/web:2')
    await vscode.untilRow(VIEW, 'Files')
    await vscode.pressRowButton(VIEW, 'web', 'Open Terminal')
    await vscode.untilTerminalText(/# ?$/)
    await vscode.typeInTerminal('clear; cat /app/conf.d/nginx.conf; ls\n')
    await vscode.untilTerminalText(/worker_processes 4;[\s\S]*# ?$/)
    keep(await vscode.screenshot('readme-terminal'))
  }),
)

test(
  'Pocker: Run',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Run…')
    await vscode.choose('host')
    await vscode.untilQuickInput('the review', ({ rows }) => rows.length > 5)
    keep(await vscode.screenshot('readme-run'))
    await vscode.leaveQuickInput()
  }),
)

test(
  'what a container has changed',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('View: Toggle Panel Visibility')
    await vscode.expand(VIEW, 'Changes (3)')
    await vscode.expand(VIEW, 'app')
    await vscode.expand(VIEW, 'conf.d')
    await vscode.doubleClick(VIEW, 'nginx.conf')
    await vscode.page.getByText('worker_processes 1;').first().waitFor()
    keep(await vscode.screenshot('readme-changes'))
  }),
)

test(
  'a log over two lives',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('View: Close All Editors')
    await vscode.runCommand('Pocker: Show Container Log')
    await vscode.choose('api')
    await vscode.untilEditorText(/restarted[\s\S]*exit 3[\s\S]*trying again/)
    await vscode.runCommand('Notifications: Clear All Notifications')
    keep(await vscode.screenshot('readme-log'))
  }),
)

test(
  'how a container was made',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.page.setViewportSize({ width: 1280, height: 720 })
    await vscode.runCommand('View: Close All Editors')
    await vscode.runCommand('Pocker: Show Run Trace')
    await vscode.choose('web')
    await vscode.untilWebviewText(/web: run trace[\s\S]*Make the root folder/)
    keep(await vscode.screenshot('readme-trace'))
  }),
)

/** The README is read over slow lines, too. Errors: one that is too large. */
function keep(path: string): void {
  const { size } = statSync(path)
  if (size > 150_000) throw new Error(`${path} has ${size} bytes; 150,000 are allowed`)
}
