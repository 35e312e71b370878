/** `npm test [-- fast|kernel|api|ssh|vscode]`: runs one tier of tests, or the checks and all tiers, and ends with a line that counts them. */
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { findLeaks, takeSnapshot } from '../test/support/leaks.ts'
import { runChecked } from '../test/support/run.ts'
import { buildPocker, program } from './build.ts'
import { runChecks } from './check.ts'
import { withMemoryFolder } from './memory-folder.ts'
import { installMissingPackages } from './packages.ts'
import { writeBatches } from './test-batches.ts'
import { installVscodeServer, whatToInstall } from './vscode-server/install.ts'

const root = join(import.meta.dirname, '..')

interface Tier {
  readonly files: readonly string[]
  readonly concurrency: number
  /** Milliseconds for one file. */
  readonly timeout: number
  readonly needsRoot: boolean
  /** What has to be there besides the program. */
  readonly prepare?: () => Promise<void>
}

const tiers: Readonly<Record<string, Tier>> = {
  // Twice as many as a small CI machine has processors, for some wait while others reckon: 19 s, where two at a time take 29.
  fast: {
    files: ['helper/**/*.test.ts', 'src/**/*.test.ts', 'ssh/**/*.test.ts', 'scripts/**/*.test.ts'],
    concurrency: 4,
    timeout: 60_000,
    needsRoot: false,
  },
  // One at a time: these count mounts, processes and microseconds of the whole machine.
  // An emulated machine is started four times in one file, and has almost five minutes each time.
  kernel: { files: ['test/kernel/**/*.test.ts'], concurrency: 1, timeout: 1_200_000, needsRoot: true },
  api: { files: ['test/api/**/*.test.ts'], concurrency: 1, timeout: 300_000, needsRoot: true },
  ssh: { files: ['test/ssh/**/*.test.ts'], concurrency: 1, timeout: 300_000, needsRoot: true },
  vscode: { files: ['test/vscode/**/*.test.ts'], concurrency: 1, timeout: 300_000, needsRoot: true, prepare: prepareVscode },
}

interface Counts {
  passed: number
  failed: number
  skipped: number
}

async function main(wanted: string): Promise<Counts> {
  const names = wanted === 'all' ? Object.keys(tiers) : [wanted]
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  if (wanted === 'all' && !(await runChecks())) counts.failed++
  // Before the fast tier too: some of its tests compare with the assemblers, where they are there.
  if (wanted !== 'fast' && process.getuid?.() === 0) installMissingPackages()
  for (const name of names) {
    const tier = tiers[name]
    if (tier !== undefined) await runTier(name, tier, counts)
  }
  return counts
}

async function runTier(name: string, tier: Tier, counts: Counts): Promise<void> {
  const files = globSync([...tier.files], { cwd: root }).sort()
  console.log(`\n${name}: ${files.length} files`)
  if (files.length === 0) return
  if (!tier.needsRoot) {
    await runFast(tier, files, counts)
    return
  }
  if (process.getuid?.() !== 0) {
    console.log(`FAILED the ${name} tier needs root, for it makes real containers: run sudo npm test, or npm run test:fast without root`)
    counts.failed++
    return
  }
  await buildPocker(program)
  await tier.prepare?.()
  const before = takeSnapshot()
  const paths = files.map((file) => join(root, file))
  await runFiles(tier, paths, counts)
  const leaks = await findLeaks(before)
  for (const leak of leaks) console.log(`FAILED ${leak}`)
  counts.failed += leaks.length
}

async function runFast(tier: Tier, files: readonly string[], counts: Counts): Promise<void> {
  const cache = join(root, 'node_modules/.cache')
  const paths = writeBatches(files, { root, timeout: tier.timeout, folder: join(cache, 'test-batches') })
  // Each process loads much of the same: compiled once, that is a quarter of the tier's time.
  process.env.NODE_COMPILE_CACHE = join(cache, 'compiled')
  const ended = await withMemoryFolder(() => runFiles({ ...tier, timeout: tier.timeout * 5 }, paths, counts))
  delete process.env.NODE_COMPILE_CACHE
  // A file that ends its process takes the rest of its batch with it, and may do so without a failure.
  const missing = files.filter((file) => !ended.has(file) && !paths.includes(join(root, file)))
  for (const file of missing) console.log(`FAILED ${file} has not been run to its end`)
  counts.failed += missing.length
}

async function prepareVscode(): Promise<void> {
  const missing = whatToInstall()
  if (missing !== undefined) console.log(`installing ${missing}, once`)
  await installVscodeServer()
  console.log('packaging the extension')
  // On its own, so that what vsce has to say is only shown where it fails.
  await runChecked(process.execPath, [join(root, 'scripts/package.ts')], { cwd: root, timeout: 900_000 })
}

/** Resolves to the names of the suites that have ended. */
async function runFiles(tier: Tier, paths: readonly string[], counts: Counts): Promise<Set<string>> {
  const allowed = readAllowedSkips()
  const remarks: string[] = []
  const suites = new Set<string>()
  const stream = run({
    cwd: root,
    files: [...paths],
    concurrency: tier.concurrency,
    timeout: tier.timeout,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  stream.on('test:fail', ({ name, details }) => {
    if (details.type === 'suite') suites.add(name)
    // What fails because of a test in it is counted with that test.
    if (!isFailedBySubtests(details.error)) counts.failed++
  })
  stream.on('test:pass', ({ name, file, skip, todo, details }) => {
    if (details.type === 'suite') {
      suites.add(name)
      return
    }
    const path = relative(root, file ?? '')
    if (name === path || name === file) return
    if (skip === undefined && todo === undefined) {
      counts.passed++
      return
    }
    counts.skipped++
    const reason = typeof skip === 'string' ? skip : 'no reason given'
    const isAllowed = skip !== undefined && allowed.has(`${path}: ${name}`)
    if (!isAllowed) counts.failed++
    remarks.push(`${isAllowed ? 'skipped' : 'FAILED skipped, and not in test/allowed-skips.json:'} ${path}: ${name} (${reason})`)
  })
  for await (const text of stream.compose(spec)) process.stdout.write(String(text))
  for (const remark of remarks) console.log(remark)
  return suites
}

function isFailedBySubtests(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'failureType' in error && error.failureType === 'subtestsFailed'
}

/** The tests that may be skipped, as `file: test name`, each with the reason why that is all right. */
function readAllowedSkips(): Set<string> {
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'test/allowed-skips.json'), 'utf8'))
  if (typeof parsed !== 'object' || parsed === null) throw new Error('read test/allowed-skips.json: it is no object')
  return new Set(Object.keys(parsed))
}

const wanted = process.argv[2] ?? 'all'
if (wanted !== 'all' && tiers[wanted] === undefined) {
  console.error(`run tests: there is no tier "${wanted}": fast, kernel, api, ssh, vscode or all`)
  process.exit(2)
}
const counts = await main(wanted)
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
